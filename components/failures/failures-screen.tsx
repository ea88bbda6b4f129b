"use client";
import { SegmentedControl, Tabs, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { FailureFilters } from "#components/failures/failure-filters.tsx";
import { FailuresBody } from "#components/failures/failures-body.tsx";
import { GroupsBody } from "#components/failures/groups-body.tsx";
import { useFailureFilter } from "#components/failures/use-failure-filter.ts";
import { useCaller } from "#components/shell/caller.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import {
  countsQuery,
  type FailureFilter,
  failureViews,
  isShownAsGroups,
  isTeamTab,
  meOf,
  openOf,
} from "#lib/client/failures.ts";
import { count } from "#lib/client/formats.ts";
import { teamsQuery } from "#lib/client/teams.ts";
import styles from "./failures.module.css";
import groupStyles from "./groups.module.css";

type Tab = { value: string; word: string; count: number | undefined };

export function FailuresScreen() {
  const { filter, set } = useFailureFilter();
  const me = meOf(useCaller());
  const tabs = useTabs(filter, me);
  const clear = () => set({ provider: null, q: "" });
  return (
    <>
      <PageHeader title="Failures" />
      <Tabs
        value={filter.tab}
        onChange={(value) => set({ tab: value ?? "all", group: null })}
        className={styles.tabs}
        keepMounted={false}
      >
        <Tabs.List aria-label="Failures by team">
          {tabs.map(({ value, word, count: open }) => (
            <Tabs.Tab key={value} value={value}>
              {word} {open !== undefined && <b data-testid={`count-${value}`}>{count(open)}</b>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ value }) => (
          <Tabs.Panel key={value} value={value}>
            <div className={groupStyles.bar}>
              <FailureFilters filter={filter} onChange={set} />
              <ViewSwitch filter={filter} onChange={set} />
            </div>
            {isShownAsGroups(filter) ? (
              <GroupsBody filter={filter} me={me} onClear={clear} />
            ) : (
              <FailuresBody
                filter={filter}
                me={me}
                onClear={clear}
                onLeaveGroup={() => set({ view: "groups", group: null })}
              />
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

/** Everybody's, the reader's own, each team's, and what was rejected. */
function useTabs(filter: FailureFilter, me: string): Tab[] {
  const { data: teams = [] } = useQuery(teamsQuery());
  const { data: counts } = useQuery(countsQuery(filter));
  const { data: mine } = useQuery(countsQuery(filter, me));
  const known = teams.map(({ slug, name }) => ({ value: slug, word: name, count: counts?.teams[slug] }));
  // A link may name a team that is gone.
  const isUnknown = isTeamTab(filter.tab) && !teams.some(({ slug }) => slug === filter.tab);
  return [
    { value: "all", word: "All open", count: counts && openOf(counts) },
    { value: "me", word: "For me", count: mine && openOf(mine) },
    ...known,
    ...(isUnknown ? [{ value: filter.tab, word: filter.tab, count: undefined }] : []),
    { value: "rejected", word: "Rejected", count: counts?.rejected },
  ];
}

type SwitchProps = { filter: FailureFilter; onChange: (change: Partial<FailureFilter>) => void };

function ViewSwitch({ filter, onChange }: SwitchProps) {
  const isListOnly = filter.tab === "rejected";
  return (
    <Tooltip label="Rejected records are in no group." disabled={!isListOnly}>
      <SegmentedControl
        aria-label="Show as"
        size="xs"
        value={isShownAsGroups(filter) ? "groups" : "list"}
        disabled={isListOnly}
        data={[
          { value: "groups", label: "Groups" },
          { value: "list", label: "List" },
        ]}
        onChange={(value) =>
          onChange({ view: failureViews.find((view) => view === value) ?? "list", group: null })
        }
      />
    </Tooltip>
  );
}
