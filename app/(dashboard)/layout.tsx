import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Shell } from "#components/shell/shell.tsx";
import { readOverview } from "#db/reads/overview.ts";
import { overviewQuery } from "#lib/client/overview.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { deps, isDemo } from "#lib/server/deps.ts";
import { currentUser } from "#lib/server/session.ts";

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const caller = await currentUser();
  // The page knows its own address, so it is the page that sends a stranger to sign in, and back again.
  if (!caller?.may("see")) return children;
  const { name, email, role } = caller;
  const { db, env } = deps();
  const client = makeQueryClient();
  // The shell's count and banner read it on every page.
  await client.query({ ...overviewQuery(), queryFn: () => readOverview(db) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <Shell
        caller={{ name, email, role }}
        demo={isDemo(env)}
        environment={
          isDemo(env) ? "Demo" : process.env.NODE_ENV === "production" ? "Production" : "Development"
        }
      >
        {children}
      </Shell>
    </HydrationBoundary>
  );
}
