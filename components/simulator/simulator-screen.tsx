"use client";
import { useQuery } from "@tanstack/react-query";
import { useCaller } from "#components/shell/caller.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { SimulatedCard } from "#components/simulator/simulated-card.tsx";
import { EmptyState, LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { overviewQuery } from "#lib/client/overview.ts";
import { whyNot } from "#lib/client/permissions.ts";
import { simulatorQuery } from "#lib/client/simulator.ts";
import styles from "./simulator.module.css";

export function SimulatorScreen() {
  const denied = whyNot(useCaller().role, "simulate");
  const { data, error, refetch } = useQuery({ ...simulatorQuery(), enabled: denied === null });
  const overview = useQuery(overviewQuery());
  const names = new Map(overview.data?.providers.map(({ slug, name }) => [slug, name]));
  return (
    <>
      <PageHeader title="Simulator" />
      {denied && <EmptyState title="Not for your role">{denied}</EmptyState>}
      {data === undefined && error && (
        <QueryError what="The simulator" error={error} retry={() => void refetch()} />
      )}
      {data === undefined && !error && !denied && <LoadingState label="Loading the simulator" />}
      {data?.story && (
        <p className={styles.story} data-testid="story">
          {data.story}
        </p>
      )}
      {data?.items.length === 0 && <EmptyState title="Nothing is simulated now." />}
      <ul className={styles.list}>
        {data?.items.map((provider) => (
          <SimulatedCard
            key={provider.slug}
            provider={provider}
            name={names.get(provider.slug) ?? provider.slug}
          />
        ))}
      </ul>
    </>
  );
}
