"use client";
// The rules: what each waits for in words, and for an administrator the way to change it.
import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { OffChip, SeverityChip, SilencedChip } from "#components/alerts/alert-chips.tsx";
import { RuleDialog } from "#components/alerts/rule-dialog.tsx";
import { SilenceDialog } from "#components/alerts/silence-dialog.tsx";
import type { AlertActs } from "#components/alerts/use-alert-acts.ts";
import { useCaller } from "#components/shell/caller.tsx";
import { Dialog } from "#components/shell/dialog.tsx";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
import { EmptyState, LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { ruleSentence } from "#lib/client/alert-words.ts";
import { alertRulesQuery, silenceRule } from "#lib/client/alerts.ts";
import { person } from "#lib/client/formats.ts";
import { whyNot } from "#lib/client/permissions.ts";
import type { AlertRule } from "#lib/contract/alert.ts";
import styles from "./alerts.module.css";

export function RulePanel({ acts }: { acts: AlertActs }) {
  const { role } = useCaller();
  const query = useQuery(alertRulesQuery());
  const [editing, setEditing] = useState<AlertRule | "new" | null>(null);
  const [silencing, setSilencing] = useState<AlertRule | null>(null);
  const [deleting, setDeleting] = useState<AlertRule | null>(null);
  if (query.data === undefined) {
    if (query.error)
      return <QueryError what="Rules" error={query.error} retry={() => void query.refetch()} />;
    return <LoadingState label="Loading rules" rows={6} />;
  }
  const mayNotManage = whyNot(role, "manage_desk");
  return (
    <>
      <div className={styles.top}>
        <span>Looked at every 10 seconds, by whichever worker or dashboard comes first.</span>
        <GuardedButton size="xs" whyNot={mayNotManage} onClick={() => setEditing("new")}>
          New rule…
        </GuardedButton>
      </div>
      {query.data.length === 0 ? (
        <EmptyState title="There are no rules: nothing makes an alert." />
      ) : (
        <ul className={styles.list} aria-label="Alert rules">
          {query.data.map((rule) => (
            <RuleRow
              key={rule.slug}
              rule={rule}
              whyNotManage={mayNotManage}
              whyNotOperate={whyNot(role, "operate")}
              onEdit={() => setEditing(rule)}
              onSilence={() => setSilencing(rule)}
              onUnsilence={() => acts.unsilenceRule(rule.slug)}
              onDelete={() => setDeleting(rule)}
            />
          ))}
        </ul>
      )}
      <RuleDialog rule={editing} onClose={() => setEditing(null)} onSaved={acts.refresh} />
      <SilenceDialog
        subject={silencing?.name ?? null}
        onClose={() => setSilencing(null)}
        onSilence={async (silence) => {
          if (silencing) await silenceRule(silencing.slug, silence);
          await acts.refresh();
        }}
      />
      <Dialog
        title={`Delete “${deleting?.name}”`}
        opened={deleting !== null}
        onClose={() => setDeleting(null)}
      >
        <p style={{ marginBottom: 14, color: "var(--ink-2)" }}>
          Nobody looks for it any more, and its open alerts are resolved. To have quiet for a while, silence
          it or switch it off instead.
        </p>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => setDeleting(null)}>
            Cancel
          </Button>
          <Button
            color="red.9"
            onClick={() => {
              if (deleting) acts.remove(deleting.slug);
              setDeleting(null);
            }}
          >
            Delete
          </Button>
        </Group>
      </Dialog>
    </>
  );
}

type RowProps = {
  rule: AlertRule;
  whyNotManage: string | null;
  whyNotOperate: string | null;
  onEdit: () => void;
  onSilence: () => void;
  onUnsilence: () => void;
  onDelete: () => void;
};

function RuleRow({ rule, whyNotManage, whyNotOperate, onEdit, onSilence, onUnsilence, onDelete }: RowProps) {
  const isSilenced = rule.silencedUntil !== null;
  const quiet = { size: "xs", variant: "subtle", color: "gray", c: "var(--ink)", about: rule.name } as const;
  return (
    <li className={styles.row} data-testid="rule" data-slug={rule.slug}>
      <div className={styles.text}>
        <p className={styles.head}>
          <b>{rule.name}</b>
          <SeverityChip severity={rule.severity} />
          {!rule.enabled && <OffChip />}
          {isSilenced && <SilencedChip />}
        </p>
        <p className={styles.words}>{ruleSentence(rule)}</p>
        {rule.silencedUntil !== null && (
          <p className={styles.meta}>
            Silenced by {person(rule.silencedBy ?? "someone")} until <ClockTime at={rule.silencedUntil} />: “
            {rule.silenceReason}”
          </p>
        )}
      </div>
      <div className={styles.acts}>
        <GuardedButton size="xs" variant="default" whyNot={whyNotManage} about={rule.name} onClick={onEdit}>
          Edit…
        </GuardedButton>
        <GuardedButton {...quiet} whyNot={whyNotOperate} onClick={isSilenced ? onUnsilence : onSilence}>
          {isSilenced ? "End the silence" : "Silence…"}
        </GuardedButton>
        <GuardedButton {...quiet} whyNot={whyNotManage} onClick={onDelete}>
          Delete…
        </GuardedButton>
      </div>
    </li>
  );
}
