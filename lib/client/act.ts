// What a person did to a record on this screen, and how far it is.
//
//   retry ──▶ asking ──▶ leaving (5 s, Undo) ──▶ sent        reject ──▶ rejected ──reopen──▶ reopened
//                └▶ refused (someone was first, or it failed)    Undo ──▶ undone
import { person } from "#lib/client/formats.ts";
import { ApiError, sentenceOf } from "#lib/client/http.ts";

export type Act =
  | { kind: "asking"; verb: "retry" | "undo" | "reopen" }
  | { kind: "leaving"; untilMs: number }
  | { kind: "undone" }
  | { kind: "rejected"; why: string }
  | { kind: "reopened" }
  | { kind: "refused"; sentence: string; conflict: boolean };

/** How long a retry can be taken back. */
export const undoMs = 5_000;

/** Counted from the press, not from the answer: the button never promises more than the server keeps. */
export const leaving = (pressedAtMs: number): Act => ({ kind: "leaving", untilMs: pressedAtMs + undoMs });

export const isUndoable = (act: Act | undefined, nowMs: number): boolean =>
  act?.kind === "leaving" && nowMs < act.untilMs;

/** Whole seconds until it leaves, at least 1. */
export const secondsLeft = (act: Act, nowMs: number): number =>
  act.kind === "leaving" ? Math.max(1, Math.ceil((act.untilMs - nowMs) / 1_000)) : 0;

export function refused(error: unknown): Act {
  const conflict = error instanceof ApiError && error.status === 409;
  return { kind: "refused", sentence: conflict ? whoWasFirst(error) : sentenceOf(error), conflict };
}

const deeds = [
  [/ retried this record/, "is already resending this."],
  [/ rejected this record/, "has closed this already, unsent."],
  [/ reopened this record/, "has reopened this already."],
  [/ took the retry back/, "took the retry back already."],
] as const;

/** "Maria is already resending this." */
function whoWasFirst({ message, problem }: ApiError): string {
  const deed = deeds.find(([said]) => said.test(message));
  return problem?.by && deed ? `${person(problem.by)} ${deed[1]}` : message;
}
