"use client";
import { Button } from "@mantine/core";
import { ErrorState } from "#components/states/message-state.tsx";
import { sentenceOf } from "#lib/client/http.ts";

/** What a query that failed shows in the place of its content. */
export function QueryError({ what, error, retry }: { what: string; error: unknown; retry: () => void }) {
  return (
    <ErrorState
      title={`${what} could not be loaded`}
      action={
        <Button variant="default" onClick={retry}>
          Try again
        </Button>
      }
    >
      {sentenceOf(error)}
    </ErrorState>
  );
}
