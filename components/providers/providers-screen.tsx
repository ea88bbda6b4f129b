"use client";
import { useQuery } from "@tanstack/react-query";
import { BuiltIn } from "#components/canaries/built-in.tsx";
import { ProviderCards } from "#components/providers/provider-cards.tsx";
import { ProvidersTable } from "#components/providers/providers-table.tsx";
import { useCaller } from "#components/shell/caller.tsx";
import { GuardedLink } from "#components/shell/guarded-link.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { EmptyState, LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { whyNot } from "#lib/client/permissions.ts";
import { providersQuery } from "#lib/client/providers.ts";

export function ProvidersScreen() {
  const { role } = useCaller();
  const { data: all, error, refetch } = useQuery(providersQuery());
  const data = all?.filter(({ builtIn }) => !builtIn);
  return (
    <>
      <PageHeader title="Providers">
        <GuardedLink href="/providers/new" whyNot={whyNot(role, "manage_providers")}>
          New provider
        </GuardedLink>
      </PageHeader>
      {data === undefined && error && (
        <QueryError what="Providers" error={error} retry={() => void refetch()} />
      )}
      {data === undefined && !error && <LoadingState label="Loading providers" />}
      {data?.length === 0 && (
        <EmptyState title="There is no provider yet.">
          Add one above, or with POST /api/v1/providers: a slug and a URL are enough.
        </EmptyState>
      )}
      {data !== undefined && data.length > 0 && (
        <>
          <ProvidersTable providers={data} />
          <ProviderCards providers={data} />
        </>
      )}
      <BuiltIn providers={all?.filter(({ builtIn }) => builtIn) ?? []} />
    </>
  );
}
