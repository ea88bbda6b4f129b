"use client";
// A list of failures that keeps still: rows stay where they are after an act, and while a hand is on them.
import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { FailureRow, titleOf } from "#components/failures/failure-row.tsx";
import { useOutcomes } from "#components/failures/use-outcomes.ts";
import { useSteady } from "#components/failures/use-steady.ts";
import { EditDialog } from "#components/records/edit-dialog.tsx";
import { RejectDialog } from "#components/records/reject-dialog.tsx";
import { type RecordActs, useRecordActs } from "#components/records/use-record-acts.ts";
import { useCaller } from "#components/shell/caller.tsx";
import { isUndoable } from "#lib/client/act.ts";
import { number } from "#lib/client/formats.ts";
import type { Failure } from "#lib/contract/failure.ts";
import styles from "./failures.module.css";

type Props = {
  label: string;
  failures: readonly Failure[];
  /** When the server said so, ms. */
  fetchedAt: number;
  /** What stands here when there are none. */
  none: ReactNode;
};

export function FailureList({ label, failures, fetchedAt, none }: Props) {
  const listed = new Map(failures.map((failure) => [`${failure.id} ${failure.failedAt}`, failure.state]));
  const acts = useRecordActs(({ id, failedAt }) => {
    const state = listed.get(`${id} ${failedAt}`);
    return state === undefined ? null : { state, atMs: fetchedAt };
  });
  const [rejecting, setRejecting] = useState<Failure | null>(null);
  const [editing, setEditing] = useState<Failure | null>(null);
  const { items, fresh, gone, show, hold } = useSteady(failures, {
    keyOf: ({ id }) => id,
    isActedOn: (failure) => acts.of(failure) !== undefined,
    isPinned: (failure, nowMs) => isUndoable(acts.of(failure), nowMs),
    dialog: rejecting !== null || editing !== null,
  });
  return (
    <div {...hold}>
      {(fresh > 0 || gone > 0) && (
        <div className={styles.fresh}>
          <Button size="compact-sm" radius="xl" onClick={show}>
            {fresh > 0 ? `${number(fresh)} new – show` : `${number(gone)} gone – tidy up`}
          </Button>
        </div>
      )}
      {items.length === 0 ? (
        none
      ) : (
        <Rows label={label} items={items} acts={acts} onReject={setRejecting} onEdit={setEditing} />
      )}
      <RejectDialog
        subject={rejecting && titleOf(rejecting)}
        onClose={() => setRejecting(null)}
        onReject={async (code, reason) => {
          if (rejecting) await acts.reject(rejecting, code, reason);
        }}
      />
      <EditDialog
        record={editing && { id: editing.id, title: titleOf(editing) }}
        onClose={() => setEditing(null)}
        onSend={async (corrected) => {
          if (editing) await acts.resend(editing, corrected);
        }}
      />
    </div>
  );
}

type RowsProps = {
  label: string;
  items: readonly Failure[];
  acts: RecordActs;
  onReject: (failure: Failure) => void;
  onEdit: (failure: Failure) => void;
};

function Rows({ label, items, acts, onReject, onEdit }: RowsProps) {
  const { role } = useCaller();
  const outcomes = useOutcomes(items, acts);
  return (
    <ul className={styles.list} aria-label={label}>
      {items.map((failure) => (
        <FailureRow
          key={failure.id}
          failure={failure}
          role={role}
          act={acts.of(failure)}
          outcome={outcomes.get(failure.id) ?? null}
          onRetry={() => acts.retry(failure)}
          onUndo={() => acts.undo(failure)}
          onReopen={() => acts.reopen(failure)}
          onReject={() => onReject(failure)}
          onEdit={() => onEdit(failure)}
        />
      ))}
    </ul>
  );
}
