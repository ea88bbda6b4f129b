"use client";
import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { AlertPanel } from "#components/alerts/alert-panel.tsx";
import { RulePanel } from "#components/alerts/rule-panel.tsx";
import { useAlertActs } from "#components/alerts/use-alert-acts.ts";
import { PageHeader } from "#components/shell/page-header.tsx";
import { alertParsers } from "#lib/client/alert-params.ts";
import { type AlertTab, alertCountsQuery, alertTabs } from "#lib/client/alerts.ts";
import { count } from "#lib/client/formats.ts";
import styles from "./alerts.module.css";

const tabWords: Record<AlertTab, string> = {
  open: "Open",
  acknowledged: "Acknowledged",
  silenced: "Silenced",
  resolved: "Resolved",
  rules: "Rules",
};

export function AlertsScreen() {
  const [{ tab }, set] = useQueryStates(alertParsers);
  const { data } = useQuery(alertCountsQuery());
  const acts = useAlertActs();
  return (
    <>
      <PageHeader title="Alerts" />
      <Tabs
        value={tab}
        onChange={(value) => void set({ tab: alertTabs.find((one) => one === value) ?? "open" })}
        className={styles.tabs}
        keepMounted={false}
      >
        <Tabs.List aria-label="Alerts by state">
          {alertTabs.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {tabWords[one]}{" "}
              {data && one !== "rules" && <b data-testid={`count-${one}`}>{count(data.counts[one])}</b>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {alertTabs.map((one) => (
          <Tabs.Panel key={one} value={one}>
            {one === "rules" ? <RulePanel acts={acts} /> : <AlertPanel list={one} acts={acts} />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
