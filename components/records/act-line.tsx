"use client";
// What became of an act, in words: to the eye with a countdown, to the ear once and not at every second.
import { VisuallyHidden } from "@mantine/core";
import { toneClass } from "#components/states/chip.tsx";
import { type Act, isUndoable, secondsLeft } from "#lib/client/act.ts";
import { useNow } from "#lib/client/clock.ts";
import styles from "./act.module.css";

const tones = {
  asking: "blue",
  leaving: "blue",
  undone: "slate",
  rejected: "stone",
  reopened: "slate",
  refused: "amber",
} as const;

type Props = { act: Act; outcome?: string | null };

export function ActLine({ act, outcome = null }: Props) {
  const now = useNow(250);
  return (
    <span className={`${styles.line} ${toneClass(tones[act.kind])}`} aria-hidden data-testid="act">
      {isUndoable(act, now) ? `Sending in ${secondsLeft(act, now)} s…` : wordsOf(act, now, outcome)}
    </span>
  );
}

/** Stands there before anything happens: only then is what appears in it spoken. */
export function ActStatus({ act, outcome = null }: { act: Act | undefined; outcome?: string | null }) {
  const now = useNow(250);
  return (
    <VisuallyHidden component="span" role="status">
      {act === undefined ? "" : wordsOf(act, now, outcome)}
    </VisuallyHidden>
  );
}

const asking = { retry: "Asking…", undo: "Taking it back…", reopen: "Reopening…" } as const;

function wordsOf(act: Act, now: number, outcome: string | null): string {
  switch (act.kind) {
    case "asking":
      return asking[act.verb];
    case "leaving":
      if (isUndoable(act, now)) return "Sending in 5 seconds. Undo is possible until then.";
      return outcome === null ? "Sent again" : `Sent again · ${outcome}`;
    case "undone":
      return "Taken back. Nothing was sent.";
    case "rejected":
      return `Closed – not sent · by you · ${act.why}`;
    case "reopened":
      return "Reopened. It waits for a person again.";
    case "refused":
      return act.sentence;
  }
}
