"use client";
// One alert: how urgent, what, since when, who has it, and the two things that one can do about it here.
import Link from "next/link";
import {
  AcknowledgedChip,
  ResolvedChip,
  SeverityChip,
  SilencedChip,
} from "#components/alerts/alert-chips.tsx";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { alertLink } from "#lib/client/alert-words.ts";
import { person } from "#lib/client/formats.ts";
import type { Alert } from "#lib/contract/alert.ts";
import styles from "./alerts.module.css";

type Props = {
  alert: Alert;
  whyNot: string | null;
  busy: boolean;
  onAcknowledge: () => void;
  onSilence: () => void;
  onUnsilence: () => void;
};

export function AlertRow({ alert, whyNot, busy, onAcknowledge, onSilence, onUnsilence }: Props) {
  const isOver = alert.state === "resolved";
  const isSilenced = !isOver && alert.silencedUntil !== null;
  const link = alertLink(alert);
  const button = { size: "xs", whyNot: whyNot, about: alert.title } as const;
  return (
    <li className={styles.row} data-testid="alert" data-id={alert.id} data-rule={alert.rule}>
      <div className={styles.text}>
        <p className={styles.head}>
          <SeverityChip severity={alert.severity} />
          {isOver && <ResolvedChip />}
          {!isOver && alert.state === "acknowledged" && <AcknowledgedChip />}
          {isSilenced && <SilencedChip />}
        </p>
        <p className={styles.title}>{alert.title}</p>
        <p className={styles.meta}>
          <span>
            {alert.ruleName} · since <ClockTime at={alert.openedAt} />
            {" · "}
            {alert.resolvedAt !== null ? (
              <>
                over <RelativeTime at={alert.resolvedAt} />
              </>
            ) : (
              <>
                last seen <RelativeTime at={alert.lastAt} />
              </>
            )}
          </span>
          {link !== null && (
            <Link href={link.href} prefetch={false}>
              {link.label}
            </Link>
          )}
        </p>
        {alert.acknowledgedAt !== null && (
          <p className={styles.meta}>
            {person(alert.acknowledgedBy ?? "Someone")} has it, since <ClockTime at={alert.acknowledgedAt} />
          </p>
        )}
        {isSilenced && alert.silencedUntil !== null && (
          <p className={styles.meta}>
            Silenced by {person(alert.silencedBy ?? "someone")} until <ClockTime at={alert.silencedUntil} />:
            “{alert.silenceReason}”
          </p>
        )}
      </div>
      {!isOver && (
        <div className={styles.acts}>
          {alert.state === "open" && (
            <GuardedButton {...button} loading={busy} onClick={onAcknowledge}>
              Acknowledge
            </GuardedButton>
          )}
          <GuardedButton
            {...button}
            variant="subtle"
            color="gray"
            c="var(--ink)"
            onClick={isSilenced ? onUnsilence : onSilence}
          >
            {isSilenced ? "End the silence" : "Silence…"}
          </GuardedButton>
        </div>
      )}
    </li>
  );
}
