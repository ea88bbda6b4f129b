"use client";
// One tab's alerts: the list, or which of the other things is so.
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { AlertRow } from "#components/alerts/alert-row.tsx";
import { SilenceDialog } from "#components/alerts/silence-dialog.tsx";
import type { AlertActs } from "#components/alerts/use-alert-acts.ts";
import { useCaller } from "#components/shell/caller.tsx";
import { EmptyState, LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { alertsQuery, silenceAlert } from "#lib/client/alerts.ts";
import { whyNot } from "#lib/client/permissions.ts";
import type { Alert, AlertList } from "#lib/contract/alert.ts";
import styles from "./alerts.module.css";

const labels: Record<AlertList, string> = {
  open: "Open alerts",
  acknowledged: "Acknowledged alerts",
  silenced: "Silenced alerts",
  resolved: "Resolved alerts",
};

const empty: Record<AlertList, string> = {
  open: "No alert is open.",
  acknowledged: "Nobody has an alert in hand.",
  silenced: "Nothing is silenced.",
  resolved: "No alert has been resolved yet.",
};

export function AlertPanel({ list, acts }: { list: AlertList; acts: AlertActs }) {
  const { role } = useCaller();
  const query = useInfiniteQuery(alertsQuery(list));
  const [silencing, setSilencing] = useState<Alert | null>(null);
  if (query.data === undefined) {
    if (query.error)
      return <QueryError what="Alerts" error={query.error} retry={() => void query.refetch()} />;
    return <LoadingState label="Loading alerts" rows={4} />;
  }
  const alerts = query.data.pages.flatMap((page) => page.items);
  const evaluatedAt = query.data.pages[0]?.evaluatedAt ?? null;
  return (
    <>
      {alerts.length === 0 ? (
        <div style={{ marginTop: 12 }}>
          <EmptyState title={empty[list]}>
            {evaluatedAt === null ? (
              "The rules have not been looked at yet: a worker or a dashboard does, every 10 seconds."
            ) : (
              <>
                The rules were last looked at <RelativeTime at={evaluatedAt} />.
              </>
            )}
          </EmptyState>
        </div>
      ) : (
        <ul className={styles.list} aria-label={labels[list]}>
          {alerts.map((alert) => (
            <AlertRow
              key={alert.id}
              alert={alert}
              whyNot={whyNot(role, "operate")}
              busy={acts.busy === alert.id}
              onAcknowledge={() => acts.acknowledge(alert.id)}
              onSilence={() => setSilencing(alert)}
              onUnsilence={() => acts.unsilence(alert.id)}
            />
          ))}
        </ul>
      )}
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
      <SilenceDialog
        subject={silencing?.title ?? null}
        onClose={() => setSilencing(null)}
        onSilence={async (silence) => {
          if (silencing) await silenceAlert(silencing.id, silence);
          await acts.refresh();
        }}
      />
    </>
  );
}
