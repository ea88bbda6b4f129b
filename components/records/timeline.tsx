"use client";
// A record's attempts and people's acts on it, oldest first.
import {
  IconAlertOctagon,
  IconArrowBackUp,
  IconArrowsExchange,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconCopyCheck,
  IconEyeOff,
  IconFolderOpen,
  IconMoodEmpty,
  IconPencil,
  IconPlayerSkipForward,
  IconPlus,
  IconRefresh,
  IconRotate,
  IconTrash,
  IconUser,
} from "@tabler/icons-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { EventDetails } from "#components/records/event-details.tsx";
import { type Look, type Tone, toneClass } from "#components/states/chip.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { duration, person } from "#lib/client/formats.ts";
import { eventWords, outcomeWords } from "#lib/client/words.ts";
import type { RecordDetail, TimelineEvent } from "#lib/contract/record.ts";
import type { EventKind } from "#lib/core/status.ts";
import styles from "./record.module.css";

const looks: Record<EventKind, Omit<Look, "word">> = {
  attempted: { tone: "amber", icon: IconClock },
  delivered: { tone: "green", icon: IconCircleCheck },
  duplicate: { tone: "green", icon: IconCopyCheck },
  failed: { tone: "red", icon: IconCircleX },
  discarded: { tone: "stone", icon: IconTrash },
  interrupted: { tone: "amber", icon: IconAlertOctagon },
  shadowed: { tone: "stone", icon: IconEyeOff },
  retried: { tone: "blue", icon: IconRefresh },
  redriven: { tone: "blue", icon: IconRotate },
  skipped: { tone: "stone", icon: IconPlayerSkipForward },
  retry_cancelled: { tone: "slate", icon: IconArrowBackUp },
  rejected: { tone: "stone", icon: IconMoodEmpty },
  reopened: { tone: "blue", icon: IconFolderOpen },
  edited: { tone: "blue", icon: IconPencil },
  assigned: { tone: "slate", icon: IconUser },
  moved: { tone: "slate", icon: IconArrowsExchange },
};

export function Timeline({ record }: { record: RecordDetail }) {
  return (
    <ol className={styles.timeline}>
      <Entry tone="slate" icon={<IconPlus size={14} aria-hidden />}>
        <div className={styles.eventHead}>
          <b>Created</b>
          <span className={styles.quiet}>
            <ClockTime at={record.createdAt} seconds />
          </span>
        </div>
      </Entry>
      {record.events.map((event) => (
        <Event key={`${event.at} ${event.kind} ${event.attempt}`} event={event} />
      ))}
    </ol>
  );
}

function Event({ event }: { event: TimelineEvent }) {
  const { tone, icon: Glyph } = looks[event.kind];
  const { error, dueAt, duplicateOf } = event.detail;
  const isTwin = typeof duplicateOf === "string";
  return (
    <Entry tone={tone} icon={<Glyph size={14} aria-hidden />}>
      <div className={styles.eventHead}>
        <b>{isTwin ? "Not sent: the same was sent before" : eventWords[event.kind]}</b>
        <span className={styles.quiet}>
          <ClockTime at={event.at} seconds />
        </span>
        <span className={styles.quiet}>{figures(event)}</span>
      </div>
      {typeof error === "string" && <p>{error}</p>}
      {event.reason && <p>“{event.reason}”</p>}
      {typeof dueAt === "string" && event.kind === "attempted" && (
        <p className={styles.quiet}>
          Next try <ClockTime at={dueAt} seconds />
        </p>
      )}
      {isTwin && (
        <p>
          It was sent as{" "}
          <Link className={styles.twin} href={`/records/${duplicateOf}`} prefetch={false}>
            record {duplicateOf}
          </Link>
          .
        </p>
      )}
      <EventDetails detail={event.detail} />
    </Entry>
  );
}

function figures({ actor, attempt, outcome, status, durationMs, kind, detail }: TimelineEvent): string {
  const parts = [
    actor === null ? null : `by ${person(actor)}`,
    attempt === null ? null : `try ${attempt}`,
    // The entry's own word says it already.
    outcome === null || kind === "delivered" || kind === "duplicate" || kind === "shadowed"
      ? null
      : outcomeWords[outcome].toLowerCase(),
    status === null ? null : `HTTP ${status}`,
    // Nothing was called, so nothing took its time.
    durationMs === null || typeof detail.duplicateOf === "string" ? null : duration(durationMs),
  ];
  return parts.filter((part) => part !== null).join(" · ");
}

function Entry({ tone, icon, children }: { tone: Tone; icon: ReactNode; children: ReactNode }) {
  return (
    <li className={styles.event}>
      <span className={`${styles.dot} ${toneClass(tone)}`}>{icon}</span>
      <div className={styles.eventBody}>{children}</div>
    </li>
  );
}
