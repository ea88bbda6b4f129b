"use client";
// Fix and resend: the payload as JSON, then what differs and why, then it goes. What failed stays as it was.
//
//   values are hidden? say why ──▶ correct it ──▶ what differs, why ──▶ sent, with the same Undo as a retry
//                                       ▲────────── back ──┘
import { Button, Group, Stack, Textarea } from "@mantine/core";
import { useEffect, useState } from "react";
import { PayloadDiff } from "#components/records/payload-diff.tsx";
import { useCaller } from "#components/shell/caller.tsx";
import { Dialog } from "#components/shell/dialog.tsx";
import { Fault } from "#components/shell/fault.tsx";
import { ReasonForm } from "#components/shell/reason-form.tsx";
import { LoadingState } from "#components/states/message-state.tsx";
import { type EditRules, editFault, ruleWords } from "#lib/client/edit-rules.ts";
import { prettyJson } from "#lib/client/json-text.ts";
import { payloadDiff } from "#lib/client/payload-diff.ts";
import { showPayload } from "#lib/client/records.ts";
import { refusalWords } from "#lib/client/refusal.ts";
import type { ShownPayload } from "#lib/contract/payload.ts";
import { may } from "#lib/core/access.ts";
import styles from "./diff.module.css";

export type Corrected = { payload: string; reason: string };

type FormProps = {
  id: string;
  /** Throws the API's refusal; the form shows it, and keeps what was typed. */
  onSend: (corrected: Corrected) => Promise<void>;
  onClose: () => void;
};
type Props = Omit<FormProps, "id"> & {
  /** What is corrected; null closes the dialog. */
  record: { id: string; title: string } | null;
};

export function EditDialog({ record, onClose, onSend }: Props) {
  return (
    <Dialog title={`Fix ${record?.title ?? ""}`} opened={record !== null} onClose={onClose} size="xl">
      {record && <EditForm key={record.id} id={record.id} onClose={onClose} onSend={onSend} />}
    </Dialog>
  );
}

function EditForm({ id, onClose, onSend }: FormProps) {
  const { role } = useCaller();
  const [shown, setShown] = useState<ShownPayload | null>(null);
  const [text, setText] = useState("");
  const [comparing, setComparing] = useState(false);
  const take = (payload: ShownPayload) => {
    setShown(payload);
    setText(prettyJson(payload.payload));
  };
  if (shown === null)
    return may(role, "see_payload") ? (
      <Opening id={id} onShown={take} onClose={onClose} />
    ) : (
      <ReasonForm
        verb="Show the values"
        onClose={() => {}}
        onCancel={onClose}
        onAct={async (reason) => take(await showPayload(id, reason))}
      >
        Values are hidden from your role. To correct them you may see them; that, and why, is kept with your
        name.
      </ReasonForm>
    );
  const rules: EditRules = { ...shown.edit, isFree: may(role, "edit") };
  return comparing ? (
    <Review
      before={shown.payload}
      after={text}
      onBack={() => setComparing(false)}
      onClose={onClose}
      onSend={onSend}
    />
  ) : (
    <Editor
      rules={rules}
      before={shown.payload}
      text={text}
      onChange={setText}
      onClose={onClose}
      onNext={() => setComparing(true)}
    />
  );
}

type OpeningProps = { id: string; onShown: (payload: ShownPayload) => void; onClose: () => void };

function Opening({ id, onShown, onClose }: OpeningProps) {
  const [fault, setFault] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for once, when the dialog opens.
  useEffect(() => {
    let isGone = false;
    showPayload(id).then(
      (payload) => isGone || onShown(payload),
      (error: unknown) => isGone || setFault(refusalWords(error)),
    );
    return () => {
      isGone = true;
    };
  }, [id]);
  if (fault === null) return <LoadingState label="Loading the payload" rows={3} />;
  return (
    <Stack gap="sm">
      <Fault why={fault} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </Stack>
  );
}

type EditorProps = {
  rules: EditRules;
  before: string;
  text: string;
  onChange: (text: string) => void;
  onClose: () => void;
  onNext: () => void;
};

function Editor({ rules, before, text, onChange, onClose, onNext }: EditorProps) {
  const [tried, setTried] = useState(false);
  const fault = editFault(before, text, rules);
  const next = () => {
    setTried(true);
    if (fault === null) onNext();
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        next();
      }}
    >
      <Stack gap="sm">
        <p className={styles.note}>{ruleWords(rules)}</p>
        <Textarea
          label="Payload as JSON"
          value={text}
          spellCheck={false}
          autosize
          minRows={8}
          maxRows={18}
          data-autofocus
          styles={{
            input: {
              fontFamily: "var(--mantine-font-family-monospace)",
              fontSize: "0.8125rem",
              lineHeight: 1.55,
            },
          }}
          // What is broken is said at once; that nothing is changed yet, only when one wants to go on.
          error={fault !== null && (tried || fault.isBroken) ? fault.sentence : null}
          errorProps={{ role: "alert" }}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit">Compare…</Button>
        </Group>
      </Stack>
    </form>
  );
}

type ReviewProps = {
  before: string;
  after: string;
  onBack: () => void;
  onClose: () => void;
  onSend: (corrected: Corrected) => Promise<void>;
};

function Review({ before, after, onBack, onClose, onSend }: ReviewProps) {
  const differs = payloadDiff(before, after).length > 0;
  return (
    <ReasonForm
      verb="Send it"
      description="The next person reads this beside the change."
      before={differs && <PayloadDiff label="What differs" before={before} after={after} />}
      cancel="Back"
      onCancel={onBack}
      onClose={onClose}
      onAct={(reason) => onSend({ payload: after, reason })}
    >
      This goes instead of what failed, with the same key. What failed stays in the record, unchanged.
    </ReasonForm>
  );
}
