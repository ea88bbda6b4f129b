"use client";
// What every page stands in: theme, queries, URL state, notices, and the moment the server rendered it.
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { type ReactNode, useState } from "react";
import { cssVariables, theme } from "#components/theme.ts";
import { RenderedAt } from "#lib/client/clock.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";

export function AppProviders({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  const [client] = useState(() => makeQueryClient(toSignIn));
  return (
    <RenderedAt value={renderedAt}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <QueryClientProvider client={client}>
          <NuqsAdapter>{children}</NuqsAdapter>
        </QueryClientProvider>
        <Notifications position="bottom-right" containerWidth={360} />
      </MantineProvider>
    </RenderedAt>
  );
}

/** The session is over: sign in again, then come back here. */
function toSignIn() {
  const { pathname, search } = window.location;
  window.location.assign(`/signin?next=${encodeURIComponent(pathname + search)}`);
}
