// What a person did to a record on this screen, and how far it is.
//
//   retry ──▶ asking ──▶ leaving (5 s, Undo) ──▶ sent        reject ──▶ rejected ──reopen──▶ reopened
//                └▶ refused (someone was first, or it failed)    Undo ──▶ undone
import { isConflict, refusalWords } from "#lib/client/refusal.ts";
import type { FailureState } from "#lib/contract/failure.ts";

export type Act =
  | { kind: "asking"; verb: "retry" | "undo" | "reopen" }
  | { kind: "leaving"; untilMs: number }
  | { kind: "undone" }
  | { kind: "rejected"; why: string; atMs: number }
  | { kind: "reopened"; atMs: number }
  | { kind: "refused"; sentence: string; conflict: boolean; atMs: number };

/** How long a retry can be taken back. */
const undoMs = 5_000;

/** Counted from the press, not from the answer: the button never promises more than the server keeps. */
export const leaving = (pressedAtMs: number): Act => ({ kind: "leaving", untilMs: pressedAtMs + undoMs });

export const isUndoable = (act: Act | undefined, nowMs: number): boolean =>
  act?.kind === "leaving" && nowMs < act.untilMs;

/** Whole seconds until it leaves, at least 1. */
export const secondsLeft = (act: Act, nowMs: number): number =>
  act.kind === "leaving" ? Math.max(1, Math.ceil((act.untilMs - nowMs) / 1_000)) : 0;

export const refused = (error: unknown, atMs: number): Act => ({
  kind: "refused",
  sentence: refusalWords(error),
  conflict: isConflict(error),
  atMs,
});

/** That the server lists a record as a failure, when it said so, and, by the browser's clock, when it failed. */
export type Said = { state: FailureState; atMs: number; failedAtMs?: number };

/** An answer this soon after an act may have been made before it. */
const settleMs = 1_500;
/** Who was first stands there at least so long. */
const readMs = 5_000;

/** Whether an act is history: later than its end the server says what cannot be its result, and all is possible anew. */
export function isOver(act: Act, said: Said | null): boolean {
  if (said === null) return false;
  switch (act.kind) {
    case "leaving":
      return (
        said.state === "open" && (said.atMs > act.untilMs + settleMs || hasFailedSince(act.untilMs, said))
      );
    case "rejected":
      return said.state === "open" && said.atMs > act.atMs + settleMs;
    case "reopened":
      return said.state === "rejected" && said.atMs > act.atMs + settleMs;
    case "refused":
      return act.conflict && said.atMs > act.atMs + readMs;
    default:
      return false;
  }
}

/** What is retried failed before the press; failed again, after it left. Halfway between leaves clocks room to differ. */
const hasFailedSince = (leftAtMs: number, { failedAtMs }: Said): boolean =>
  failedAtMs !== undefined && failedAtMs > leftAtMs - undoMs / 2;
