"use client";
import { VisuallyHidden } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import Link from "next/link";
import type { ReactNode } from "react";
import { ClockTime } from "#components/time/clock-time.tsx";
import { categoryWords } from "#lib/client/words.ts";
import type { RecordDetail } from "#lib/contract/record.ts";
import styles from "./record.module.css";

export function Facts({ record }: { record: RecordDetail }) {
  return (
    <dl className={styles.facts}>
      <Fact name="Id">
        <CopyableId id={record.id} />
      </Fact>
      <Fact name="Provider">
        <Link href={`/providers/${record.provider}`} prefetch={false}>
          {record.providerName}
        </Link>
      </Fact>
      <Fact name="Subject">{record.subject}</Fact>
      <Fact name="Type">{record.type}</Fact>
      <Fact name="Owner">{record.owner}</Fact>
      <Fact name="Correlation id">
        {record.correlationId && <span className={styles.id}>{record.correlationId}</span>}
      </Fact>
      <Fact name="Ordering key">
        {record.orderingKey && <span className={styles.id}>{record.orderingKey}</span>}
      </Fact>
      <Fact name="Dedupe key">
        {record.dedupeKey && <span className={styles.id}>{record.dedupeKey}</span>}
      </Fact>
      <Fact name="Created">
        <ClockTime at={record.createdAt} seconds />
      </Fact>
      <Fact name="Due">{record.dueAt && <ClockTime at={record.dueAt} seconds />}</Fact>
      <Fact name="Settled">{record.settledAt && <ClockTime at={record.settledAt} seconds />}</Fact>
      <Fact name="Tries">{record.attempts}</Fact>
      <Fact name="Kind">{record.failure && categoryWords[record.failure.category]}</Fact>
      <Fact name="Team">{record.failure?.teamName}</Fact>
      <Fact name="Assigned to">{record.failure?.assignee}</Fact>
    </dl>
  );
}

/** What is not there is not listed. */
function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === null || children === undefined || children === "") return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function CopyableId({ id }: { id: string }) {
  const clipboard = useClipboard({ timeout: 2_000 });
  return (
    <>
      <span className={styles.id}>{id}</span>
      <button
        type="button"
        className={styles.copy}
        onClick={() => clipboard.copy(id)}
        aria-label="Copy the id"
      >
        {clipboard.copied ? "Copied" : "Copy"}
      </button>
      <VisuallyHidden role="status">{clipboard.copied ? "The id is copied." : ""}</VisuallyHidden>
    </>
  );
}
