"use client";
// A record that was not delivered, as a chat shows a message that was not: what, to whom, since when, why, one button.
import Link from "next/link";
import { FailureState, wordsOf } from "#components/failures/failure-words.tsx";
import { ActButton } from "#components/records/act-button.tsx";
import { ActLine, ActStatus } from "#components/records/act-line.tsx";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
import type { Act } from "#lib/client/act.ts";
import { rejectPermission, retryPermission, whyNot, whyNotEdit } from "#lib/client/permissions.ts";
import type { Failure } from "#lib/contract/failure.ts";
import type { Role } from "#lib/core/access.ts";
import styles from "./failures.module.css";

type Props = {
  failure: Failure;
  role: Role;
  act: Act | undefined;
  /** What became of it after it was sent again; null while nobody knows. */
  outcome: string | null;
  onRetry: () => void;
  onUndo: () => void;
  onReopen: () => void;
  onReject: () => void;
  onEdit: () => void;
};

/** What people call a record. */
export const titleOf = ({ subject, type, id }: Pick<Failure, "subject" | "type" | "id">): string =>
  subject ?? (type === null ? `Record ${id.slice(-12)}` : `${type} ${id.slice(-12)}`);

export function FailureRow({
  failure,
  role,
  act,
  outcome,
  onRetry,
  onUndo,
  onReopen,
  onReject,
  onEdit,
}: Props) {
  const closed = failure.state === "rejected";
  const whyNotReject = whyNot(role, rejectPermission[failure.teamKind]);
  const title = titleOf(failure);
  const mayReject =
    act === undefined ||
    act.kind === "undone" ||
    act.kind === "reopened" ||
    (act.kind === "refused" && !act.conflict);
  return (
    <li className={styles.row} data-testid="failure" data-id={failure.id}>
      <div className={styles.text}>
        <p className={styles.subject}>
          <Link href={`/records/${failure.id}`} prefetch={false}>
            {title} <span className={styles.arrow}>→</span> {failure.providerName}
          </Link>
        </p>
        <FailureState failure={failure} act={act ? <ActLine act={act} outcome={outcome} /> : null} />
        <p className={styles.words}>{wordsOf(failure)}</p>
        <ActStatus act={act} outcome={outcome} />
      </div>
      <div className={styles.acts}>
        <ActButton
          act={act}
          closed={closed}
          about={title}
          whyNotRetry={whyNot(role, retryPermission[failure.teamKind])}
          whyNotReopen={whyNotReject}
          onRetry={onRetry}
          onUndo={onUndo}
          onReopen={onReopen}
        />
        {!closed && (
          <GuardedButton
            size="xs"
            variant="default"
            whyNot={whyNotEdit(role, failure.teamKind) ?? (mayReject ? null : "It has been taken care of.")}
            about={title}
            onClick={onEdit}
          >
            Fix and resend…
          </GuardedButton>
        )}
        {!closed && (
          <GuardedButton
            size="xs"
            variant="subtle"
            color="gray"
            c="var(--ink)"
            whyNot={whyNotReject ?? (mayReject ? null : "It has been taken care of.")}
            about={title}
            onClick={onReject}
          >
            Reject…
          </GuardedButton>
        )}
      </div>
    </li>
  );
}
