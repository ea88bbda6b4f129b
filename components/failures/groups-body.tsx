"use client";
// What the page shows as groups: the groups, or which of the four other things is so.
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Nothing } from "#components/failures/failures-body.tsx";
import { GroupList } from "#components/failures/group-list.tsx";
import { TeamFigures } from "#components/failures/team-figures.tsx";
import { LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { serializeFailureFilter } from "#lib/client/failure-params.ts";
import { type FailureFilter, isTeamTab } from "#lib/client/failures.ts";
import { groupsQuery } from "#lib/client/groups.ts";
import styles from "./failures.module.css";
import groupStyles from "./groups.module.css";

type Props = { filter: FailureFilter; me: string; onClear: () => void };

export function GroupsBody({ filter, me, onClear }: Props) {
  const query = useInfiniteQuery(groupsQuery(filter, me));
  if (query.data === undefined) {
    if (query.error)
      return <QueryError what="Failure groups" error={query.error} retry={() => void query.refetch()} />;
    return <LoadingState label="Loading failure groups" rows={5} />;
  }
  return (
    <div className={groupStyles.body}>
      <TeamFigures team={isTeamTab(filter.tab) ? filter.tab : null} />
      <GroupList
        key={JSON.stringify(filter)}
        groups={query.data.pages.flatMap((page) => page.items)}
        hrefOf={({ id }) => serializeFailureFilter("/failures", { ...filter, view: "list", group: id })}
        none={<Nothing filter={filter} onClear={onClear} />}
      />
      {query.hasNextPage && (
        <div className={styles.more}>
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Load more
          </Button>
        </div>
      )}
    </div>
  );
}
