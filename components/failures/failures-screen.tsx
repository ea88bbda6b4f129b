"use client";
import { Button, Tabs } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { FailureFilters } from "#components/failures/failure-filters.tsx";
import { FailuresBody } from "#components/failures/failures-body.tsx";
import { useFailureFilter } from "#components/failures/use-failure-filter.ts";
import { PageHeader } from "#components/shell/page-header.tsx";
import { type FailureTab, failuresQuery, failureTabs } from "#lib/client/failures.ts";
import { count } from "#lib/client/formats.ts";
import type { Failures } from "#lib/contract/failure.ts";
import styles from "./failures.module.css";

const tabWords: Record<FailureTab, string> = {
  all: "All open",
  technical: "Technical",
  client_data: "Client data",
  rejected: "Rejected",
};

export function FailuresScreen() {
  const { filter, set } = useFailureFilter();
  const query = useInfiniteQuery(failuresQuery(filter));
  const counts = query.data?.pages[0]?.counts;
  return (
    <>
      <PageHeader title="Failures" />
      <Tabs
        value={filter.tab}
        onChange={(value) => set({ tab: failureTabs.find((tab) => tab === value) ?? "all" })}
        className={styles.tabs}
        keepMounted={false}
      >
        <Tabs.List aria-label="Failures by kind">
          {failureTabs.map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {tabWords[tab]} {counts && <b data-testid={`count-${tab}`}>{count(countOf(tab, counts))}</b>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {failureTabs.map((tab) => (
          <Tabs.Panel key={tab} value={tab}>
            <FailureFilters filter={filter} onChange={set} />
            <FailuresBody filter={filter} query={query} onClear={() => set({ provider: null, q: "" })} />
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
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

function countOf(tab: FailureTab, counts: Failures["counts"]): number {
  return tab === "all" ? Object.values(counts.teams).reduce((all, one) => all + one, 0) : counts[tab];
}
