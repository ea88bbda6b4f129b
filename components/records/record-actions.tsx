"use client";
// What may be done to this record now: the same button and words as in a list.
import { useState } from "react";
import { ActButton } from "#components/records/act-button.tsx";
import { ActLine, ActStatus } from "#components/records/act-line.tsx";
import { EditDialog } from "#components/records/edit-dialog.tsx";
import { OwnerMenu } from "#components/records/owner-menu.tsx";
import { RejectDialog } from "#components/records/reject-dialog.tsx";
import { SkipDialog } from "#components/records/skip-dialog.tsx";
import { useRecordActs } from "#components/records/use-record-acts.ts";
import { useCaller } from "#components/shell/caller.tsx";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
import { type Act, isUndoable, type Said } from "#lib/client/act.ts";
import { useNow } from "#lib/client/clock.ts";
import { person } from "#lib/client/formats.ts";
import { serverAhead } from "#lib/client/http.ts";
import { rejectPermission, retryPermission, whyNot, whyNotEdit } from "#lib/client/permissions.ts";
import type { RecordDetail } from "#lib/contract/record.ts";
import styles from "./record.module.css";

type Props = {
  record: RecordDetail;
  /** When the server said so, ms. */
  fetchedAt: number;
};

export function RecordActions({ record, fetchedAt }: Props) {
  const { role } = useCaller();
  const acts = useRecordActs(() => saidOf(record, fetchedAt));
  const [rejecting, setRejecting] = useState(false);
  const [editing, setEditing] = useState(false);
  const [skipping, setSkipping] = useState(false);
  const now = useNow(250);
  // One target while the page is open: its failure is gone from the server while it is on its way.
  const target = { id: record.id, failedAt: "" };
  const act = current(acts.of(target), record, now);
  if (record.status !== "failed" && record.status !== "rejected" && act === undefined) return null;

  const team = record.failure?.teamKind ?? "technical";
  const whyNotReject = whyNot(role, rejectPermission[team]);
  const isOpen = record.status === "failed" && act?.kind !== "leaving" && act?.kind !== "asking";
  return (
    <>
      <div className={styles.actions}>
        <ActButton
          act={act}
          closed={record.status === "rejected"}
          about={record.subject ?? record.id}
          whyNotRetry={whyNot(role, retryPermission[team])}
          whyNotReopen={whyNotReject}
          onRetry={() => acts.retry(target)}
          onUndo={() => acts.undo(target)}
          onReopen={() => acts.reopen(target)}
        />
        {isOpen && (
          <GuardedButton
            size="xs"
            variant="default"
            whyNot={whyNotEdit(role, team)}
            onClick={() => setEditing(true)}
          >
            Fix and resend…
          </GuardedButton>
        )}
        {isOpen && (
          <GuardedButton
            size="xs"
            variant="subtle"
            color="gray"
            c="var(--ink)"
            whyNot={whyNotReject}
            onClick={() => setRejecting(true)}
          >
            Reject…
          </GuardedButton>
        )}
        {isOpen && record.orderingKey !== null && (
          <GuardedButton
            size="xs"
            variant="subtle"
            color="gray"
            c="var(--ink)"
            whyNot={whyNotReject ?? whyNotSkip(record)}
            onClick={() => setSkipping(true)}
          >
            Let others pass…
          </GuardedButton>
        )}
        {isOpen && record.failure && (
          <OwnerMenu id={record.id} about={record.subject ?? "this record"} failure={record.failure} />
        )}
      </div>
      {act && <ActLine act={act} />}
      <ActStatus act={act} />
      <RejectDialog
        subject={rejecting ? (record.subject ?? "this record") : null}
        onClose={() => setRejecting(false)}
        onReject={(code, reason) => acts.reject(target, code, reason)}
      />
      <EditDialog
        record={editing ? { id: record.id, title: record.subject ?? "this record" } : null}
        onClose={() => setEditing(false)}
        onSend={(corrected) => acts.resend(target, corrected)}
      />
      <SkipDialog record={record} opened={skipping} onClose={() => setSkipping(false)} />
    </>
  );
}

const whyNotSkip = ({ skippedBy }: RecordDetail): string | null =>
  skippedBy === null ? null : `${person(skippedBy)} has let the others pass already.`;

function saidOf({ status, failure }: RecordDetail, atMs: number): Said | null {
  const failedAtMs = failure ? Date.parse(failure.failedAt) - serverAhead() : undefined;
  if (status === "failed") return { state: "open", atMs, failedAtMs };
  return status === "rejected" ? { state: "rejected", atMs } : null;
}

/** Once the record says itself how it stands after an act, the act is history. */
function current(act: Act | undefined, record: RecordDetail, now: number): Act | undefined {
  if (act === undefined || isUndoable(act, now)) return act;
  const { status } = record;
  if (act.kind === "rejected" && status === "rejected") return undefined;
  return act;
}
