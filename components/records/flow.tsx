"use client";
// The same flow: the records of one correlation id, oldest first, so that its steps and what went wrong stand in one place.
import { Button, VisuallyHidden } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { StatusChip } from "#components/states/status-chip.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { overviewQuery } from "#lib/client/overview.ts";
import { flowQuery } from "#lib/client/records.ts";
import type { RecordSummary } from "#lib/contract/record.ts";
import styles from "./flow.module.css";

type Props = { correlationId: string; here: string };

export function Flow({ correlationId, here }: Props) {
  const query = useInfiniteQuery(flowQuery(correlationId));
  const { data: overview } = useQuery(overviewQuery());
  const names = new Map(overview?.providers.map(({ slug, name }) => [slug, name]));
  if (query.data === undefined)
    return query.error ? (
      <QueryError what="The flow" error={query.error} retry={() => void query.refetch()} />
    ) : (
      <LoadingState label="Loading the flow" rows={2} />
    );
  return (
    <>
      {query.data.length <= 1 && (
        <p className={styles.quiet}>
          {query.hasNextPage
            ? "No other record of this flow among the newest."
            : "No other record has this correlation id."}
        </p>
      )}
      <ol className={styles.flow}>
        {query.data.map((record) => (
          <Step
            key={record.id}
            record={record}
            provider={names.get(record.provider) ?? record.provider}
            isHere={record.id === here}
          />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button
          variant="default"
          size="xs"
          w="fit-content"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Look among older records
        </Button>
      )}
    </>
  );
}

type StepProps = { record: RecordSummary; provider: string; isHere: boolean };

function Step({ record, provider, isHere }: StepProps) {
  const { id, type, subject, status, createdAt, lastError } = record;
  const name = subject ?? type ?? `Record ${id.slice(-12)}`;
  const isTrouble = status === "failed" || status === "retrying" || status === "rejected";
  return (
    <li className={styles.step} aria-current={isHere ? "step" : undefined} data-testid="flow-step">
      <div className={styles.stepHead}>
        <span className={styles.quiet}>
          <ClockTime at={createdAt} seconds />
        </span>
        <StatusChip status={status} />
      </div>
      <p className={styles.name}>
        {isHere ? (
          <b>{name}</b>
        ) : (
          <Link href={`/records/${id}`} prefetch={false}>
            {name}
          </Link>
        )}{" "}
        <span className={styles.quiet}>
          → {provider}
          {subject !== null && type !== null && ` · ${type}`}
          {isHere && " · this record"}
        </span>
      </p>
      {isTrouble && lastError && (
        <p className={styles.trouble}>
          <VisuallyHidden>What went wrong: </VisuallyHidden>
          {lastError}
        </p>
      )}
    </li>
  );
}
