"use client";
// What the failures page shows: the list, or which of the four other things is so.
import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { FailureList } from "#components/failures/failure-list.tsx";
import { GroupCard } from "#components/failures/group-card.tsx";
import { EmptyState, LoadingState, NoMatchState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { exportAddress, type FailureFilter, failuresQuery } from "#lib/client/failures.ts";
import { groupQuery } from "#lib/client/groups.ts";
import { ApiError } from "#lib/client/http.ts";
import type { FailureGroup } from "#lib/contract/group.ts";
import styles from "./failures.module.css";

type Props = { filter: FailureFilter; me: string; onClear: () => void; onLeaveGroup: () => void };

export function FailuresBody(props: Props) {
  const { group } = props.filter;
  return group === null ? <List {...props} group={null} /> : <OfGroup {...props} id={group} />;
}

function OfGroup({ id, ...props }: Props & { id: string }) {
  const { data: group, error, refetch } = useQuery(groupQuery(id));
  if (group) return <List {...props} group={group} />;
  if (error instanceof ApiError && error.status === 404)
    return (
      <NoMatchState
        title="This group is not there"
        action={
          <Button variant="default" onClick={props.onLeaveGroup}>
            All groups
          </Button>
        }
      >
        The link may be an old one.
      </NoMatchState>
    );
  if (error) return <QueryError what="This group" error={error} retry={() => void refetch()} />;
  return <LoadingState label="Loading the group" rows={6} />;
}

type ListProps = Props & { group: FailureGroup | null };

function List({ filter, me, group, onClear, onLeaveGroup }: ListProps) {
  const query = useInfiniteQuery(failuresQuery(filter, { me, fingerprint: group?.fingerprint }));
  if (query.data === undefined) {
    if (query.error)
      return <QueryError what="Failures" error={query.error} retry={() => void query.refetch()} />;
    return <LoadingState label="Loading failures" rows={6} />;
  }
  const failures = query.data.pages.flatMap((page) => page.items);
  // An emptied list stays a list: the rows of what one has just done are in it.
  return (
    <>
      {group && <GroupCard group={group} onLeave={onLeaveGroup} />}
      <FailureList
        key={JSON.stringify(filter)}
        label={filter.tab === "rejected" ? "Rejected records" : "Failures"}
        failures={failures}
        fetchedAt={query.dataUpdatedAt}
        none={
          group ? (
            <EmptyState title="Nothing of this group is open." />
          ) : (
            <Nothing
              filter={filter}
              lastDeliveryAt={query.data.pages[0]?.lastDeliveryAt ?? null}
              onClear={onClear}
            />
          )
        }
      />
      {failures.length > 0 && (
        <div className={styles.more}>
          {query.hasNextPage && (
            <Button
              variant="default"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              Load more
            </Button>
          )}
          <Button
            component="a"
            href={exportAddress(filter, { me, fingerprint: group?.fingerprint })}
            download
            variant="subtle"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Export as CSV
          </Button>
        </div>
      )}
    </>
  );
}

type NothingProps = {
  filter: FailureFilter;
  /** Null when there never was one; left out, it is not said. */
  lastDeliveryAt?: string | null;
  onClear: () => void;
};

export function Nothing({ filter, lastDeliveryAt, onClear }: NothingProps) {
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
  if (filter.tab === "me") return <EmptyState title="Nothing is assigned to you." />;
  return (
    <EmptyState title={filter.tab === "all" ? "Nothing needs you." : "Nothing here needs you."}>
      {lastDeliveryAt === undefined ? null : lastDeliveryAt === null ? (
        "Nothing has been delivered yet."
      ) : (
        <>
          Last delivery <RelativeTime at={lastDeliveryAt} />.
        </>
      )}
    </EmptyState>
  );
}
