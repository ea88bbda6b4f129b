import { Button } from "@mantine/core";
import { MessagePage } from "#components/states/message-page.tsx";

type Props = { title: string; error: unknown; retry: () => void; main?: boolean };

/** A page that the server could not make. */
export function ErrorPage({ title, error, retry, main }: Props) {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : null;
  return (
    <MessagePage title={title} main={main} action={<Button onClick={() => retry()}>Try again</Button>}>
      The database may be away for a moment. Records are not lost by it: they wait in the outbox.
      {digest && ` The server's log has the cause under ${digest}.`}
    </MessagePage>
  );
}
