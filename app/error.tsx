"use client";
import { Button } from "@mantine/core";
import { MessagePage } from "#components/states/message-page.tsx";

export default function RootError({ error, retry }: { error: unknown; retry: () => void }) {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : null;
  return (
    <MessagePage
      title="The dashboard could not be shown"
      main
      action={<Button onClick={() => retry()}>Try again</Button>}
    >
      The database may be away for a moment. Records are not lost by it: they wait in the outbox.
      {digest && ` The server's log has the cause under ${digest}.`}
    </MessagePage>
  );
}
