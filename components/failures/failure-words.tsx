"use client";
// A failure's second and third line: how it stands, since when, and the provider's own words.
import { Fragment, type ReactNode } from "react";
import { ClockTime } from "#components/time/clock-time.tsx";
import { person } from "#lib/client/formats.ts";
import { categoryWords } from "#lib/client/words.ts";
import type { Failure } from "#lib/contract/failure.ts";
import styles from "./failures.module.css";

type Props = {
  failure: Failure;
  /** What the reader has just done; it stands where the state stood, so that no row grows and none below moves. */
  act: ReactNode;
};

export function FailureState({ failure, act }: Props) {
  const parts = failure.state === "rejected" ? closedParts(failure) : failedParts(failure);
  return (
    <p className={styles.meta} data-acted={act !== null || undefined}>
      {act ?? (
        <span className={failure.state === "rejected" ? styles.closed : styles.failed}>
          {failure.state === "rejected" ? "Closed – not sent" : "Not delivered"}
        </span>
      )}
      {parts.map(([name, part]) => (
        <Fragment key={name}>
          <span aria-hidden>·</span>
          <span>{part}</span>
        </Fragment>
      ))}
    </p>
  );
}

type Part = [name: string, part: ReactNode];

const failedParts = ({ failedAt, attempts, category }: Failure): Part[] => [
  ["at", <ClockTime key="at" at={failedAt} />],
  ["tries", attempts === 1 ? "tried once" : `tried ${attempts} times`],
  ["category", categoryWords[category]],
];

function closedParts({ closedBy, closedAt, closedReason }: Failure): Part[] {
  const parts: Part[] = [
    ["by", closedBy && `by ${person(closedBy)}`],
    ["at", closedAt && <ClockTime key="at" at={closedAt} />],
    ["why", closedReason],
  ];
  return parts.filter(([, part]) => part !== null);
}

/** The provider's own words; when its answer was lost, what that means. */
export function wordsOf({ message, outcome }: Failure): string {
  if (outcome !== "ambiguous") return message;
  const stop = /[.!?…]$/.test(message) ? "" : ".";
  return `${message}${stop} Maybe delivered: resending is safe, it carries the same key.`;
}
