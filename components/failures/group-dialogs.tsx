"use client";
// The dialogs of a group's acts: each says what will happen and to how many, before it does.
import { Button, Group, Radio, Stack, Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { MoveForm } from "#components/failures/move-form.tsx";
import type { GroupActs } from "#components/failures/use-group-acts.ts";
import { RejectForm } from "#components/records/reject-dialog.tsx";
import { ActForm } from "#components/shell/act-form.tsx";
import { Dialog } from "#components/shell/dialog.tsx";
import { useZone } from "#lib/client/clock.ts";
import { exactly, number } from "#lib/client/formats.ts";
import { firsts, groupTitle, typedFrom } from "#lib/client/group-words.ts";
import type { FailureGroup } from "#lib/contract/group.ts";

export type GroupDeed = "retry" | "reject" | "move" | "note" | "mute";
export type Asked = { deed: GroupDeed; group: FailureGroup };

const titles: Record<GroupDeed, string> = {
  retry: "Run again",
  reject: "Reject all",
  move: "Move to another team",
  note: "Note",
  mute: "Mute",
};

type Props = { asked: Asked | null; acts: GroupActs; onClose: () => void };

export function GroupDialogs({ asked, acts, onClose }: Props) {
  return (
    <Dialog title={asked ? titles[asked.deed] : ""} opened={asked !== null} onClose={onClose}>
      {asked && <Form key={asked.deed} asked={asked} acts={acts} onClose={onClose} />}
    </Dialog>
  );
}

type FormProps = { group: FailureGroup; acts: GroupActs; onClose: () => void };

function Form({ asked: { deed, group }, ...rest }: Omit<Props, "asked"> & { asked: Asked }) {
  const given = { group, ...rest };
  switch (deed) {
    case "retry":
      return <RunForm {...given} />;
    case "reject":
      return (
        <RejectForm
          verb={`Reject ${number(group.records)}`}
          onClose={given.onClose}
          onReject={(code, reason) => given.acts.reject(group, code, reason)}
        >
          {exactly(group.records, "record")} of {group.providerName} {isAre(group)} closed and never sent: “
          {groupTitle(group)}”. Each can be reopened later.
        </RejectForm>
      );
    case "move":
      return (
        <MoveForm team={group.team} onMove={(team) => given.acts.move(group, team)} onClose={given.onClose}>
          {exactly(group.records, "record")} go from {group.teamName} to another team, and those of the same
          trouble that come later.
        </MoveForm>
      );
    case "note":
      return <NoteForm {...given} />;
    case "mute":
      return <MuteForm {...given} />;
  }
}

const isAre = ({ records }: FailureGroup): string => (records === 1 ? "is" : "are");

/** A few first tell whether it helps. */
function RunForm({ group, acts, onClose }: FormProps) {
  const { records, providerName } = group;
  const choices = firsts(records);
  const [chosen, setChosen] = useState(records);
  const [typed, setTyped] = useState("");
  // More may have come while the dialog stood open; all is what was read.
  const isAll = chosen >= records;
  const mustType = chosen > typedFrom;
  const isTyped = !mustType || typed.replace(/[\s,.]/g, "") === String(chosen);
  return (
    <ActForm
      verb={`Run ${number(chosen)} again`}
      isReady={() => isTyped}
      onClose={onClose}
      onAct={() => acts.retry(group, isAll ? undefined : chosen)}
    >
      {(tried) => (
        <>
          <p style={{ color: "var(--ink-2)" }}>
            {exactly(chosen, "record")} {chosen === 1 ? "goes" : "go"} to {providerName} again
            {records === 1
              ? ""
              : chosen === 1
                ? ", the oldest one"
                : ", the oldest first and at a pace that it can bear"}
            .
          </p>
          {choices.length > 1 && (
            <Radio.Group
              label="How many"
              value={String(chosen)}
              onChange={(value) => setChosen(Number(value))}
            >
              <Group gap="md" mt={6}>
                {choices.map((choice) => (
                  <Radio
                    key={choice}
                    value={String(choice)}
                    label={choice === records ? `All ${number(records)}` : `The first ${number(choice)}`}
                  />
                ))}
              </Group>
            </Radio.Group>
          )}
          {mustType && (
            <TextInput
              label={`Type ${number(chosen)} to run so many`}
              inputMode="numeric"
              value={typed}
              required
              error={tried && !isTyped ? `Type ${number(chosen)}, or choose fewer.` : null}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          )}
        </>
      )}
    </ActForm>
  );
}

function NoteForm({ group, acts, onClose }: FormProps) {
  const [note, setNote] = useState(group.note ?? "");
  return (
    <ActForm verb="Keep it" onClose={onClose} onAct={() => acts.note(group, note.trim() || null)}>
      {() => (
        <Textarea
          label="Note"
          description="Whoever looks at this group next reads it. Left empty, there is none."
          value={note}
          maxLength={2_000}
          autosize
          minRows={3}
          data-autofocus
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      )}
    </ActForm>
  );
}

const hourMs = 3_600_000;
const daysMost = 30;

function MuteForm({ group, acts, onClose }: FormProps) {
  const zone = useZone();
  const [until, setUntil] = useState("");
  const isMuted = group.mutedUntil !== null && Date.parse(group.mutedUntil) > Date.now();
  const fault = () => {
    const ms = Date.parse(until) - Date.now();
    if (Number.isNaN(ms)) return "Say until when.";
    if (ms <= 0) return "The end must lie in the future.";
    return ms > daysMost * 24 * hourMs ? `At most ${daysMost} days.` : null;
  };
  return (
    <ActForm
      verb="Mute it"
      isReady={() => fault() === null}
      onClose={onClose}
      onAct={() => acts.mute(group, new Date(until).toISOString())}
      aside={
        isMuted && (
          <AsideAct onClose={onClose} onAct={() => acts.mute(group, null)}>
            Unmute now
          </AsideAct>
        )
      }
    >
      {(tried) => (
        <>
          <p style={{ color: "var(--ink-2)" }}>
            No message tells of it until then. It stays in the list, and its failures wait here as before.
          </p>
          <TextInput
            type="datetime-local"
            label="Until"
            description={`Time zone: ${zone}. At most ${daysMost} days.`}
            value={until}
            required
            data-autofocus
            error={tried ? fault() : null}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
          <Group gap={6}>
            {[1, 8, 24].map((hours) => (
              <Button
                key={hours}
                size="compact-xs"
                variant="default"
                onClick={() => setUntil(localTime(Date.now() + hours * hourMs))}
              >
                {hours === 24 ? "A day" : hours === 1 ? "An hour" : `${hours} hours`}
              </Button>
            ))}
          </Group>
        </>
      )}
    </ActForm>
  );
}

/** As an input of the browser's own clock takes it. */
function localTime(ms: number): string {
  const shifted = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

type AsideProps = { onClose: () => void; onAct: () => Promise<void>; children: ReactNode };

function AsideAct({ onClose, onAct, children }: AsideProps) {
  const [busy, setBusy] = useState(false);
  return (
    <Stack gap={0} mr="auto">
      <Button
        variant="subtle"
        loading={busy}
        onClick={() => {
          setBusy(true);
          onAct().then(onClose, () => setBusy(false));
        }}
      >
        {children}
      </Button>
    </Stack>
  );
}
