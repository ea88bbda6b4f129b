"use client";
// What the failures page shows: the list, or which of the four other things is so.
import { Button } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { FailureList } from "#components/failures/failure-list.tsx";
import { EmptyState, LoadingState, NoMatchState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import type { FailureFilter } from "#lib/client/failures.ts";
import type { Failures } from "#lib/contract/failure.ts";

type Props = {
  filter: FailureFilter;
  query: UseInfiniteQueryResult<InfiniteData<Failures>>;
  onClear: () => void;
};

export function FailuresBody({ filter, query, onClear }: Props) {
  if (query.data === undefined) {
    if (query.error)
      return <QueryError what="Failures" error={query.error} retry={() => void query.refetch()} />;
    return <LoadingState label="Loading failures" rows={6} />;
  }
  const failures = query.data.pages.flatMap((page) => page.items);
  const key = JSON.stringify(filter);
  // An emptied list stays a list: the rows of what one has just done are in it.
  return (
    <FailureList
      key={key}
      label={filter.tab === "rejected" ? "Rejected records" : "Failures"}
      failures={failures}
      fetchedAt={query.dataUpdatedAt}
      none={
        <Nothing
          filter={filter}
          lastDeliveryAt={query.data.pages[0]?.lastDeliveryAt ?? null}
          onClear={onClear}
        />
      }
    />
  );
}

type NothingProps = { filter: FailureFilter; lastDeliveryAt: string | null; onClear: () => void };

function Nothing({ filter, lastDeliveryAt, onClear }: NothingProps) {
  if (filter.provider !== null || filter.q.trim() !== "") {
    return (
      <NoMatchState
        title="Nothing matches this filter"
        action={
          <Button variant="default" onClick={onClear}>
            Clear the filter
          </Button>
        }
      >
        There may be failures that it hides.
      </NoMatchState>
    );
  }
  if (filter.tab === "rejected") return <EmptyState title="Nothing was rejected." />;
  return (
    <EmptyState title={filter.tab === "all" ? "Nothing needs you." : "Nothing here needs you."}>
      {lastDeliveryAt === null ? (
        "Nothing has been delivered yet."
      ) : (
        <>
          Last delivery <RelativeTime at={lastDeliveryAt} />.
        </>
      )}
    </EmptyState>
  );
}
