"use client";
// The acts of this screen, by record. They live as long as the list is on the screen: leaving it forgets them.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Act, isOver, leaving, refused, type Said } from "#lib/client/act.ts";
import { cancelRetry, rejectRecord, reopenRecord, resendRecord, retryRecord } from "#lib/client/records.ts";
import { type RejectCode, rejectWords } from "#lib/client/words.ts";

/** A record that failed at a time: failed again, it is another target, and what was done to the first is over. */
type Target = { id: string; failedAt: string };

export type RecordActs = {
  of: (target: Target) => Act | undefined;
  retry: (target: Target) => void;
  undo: (target: Target) => void;
  /** Throws the API's refusal, so that the dialog can show it and keep what was typed. */
  reject: (target: Target, code: RejectCode, reason: string) => Promise<void>;
  reopen: (target: Target) => void;
  /** Sends a corrected payload instead; throws as a rejection does. */
  resend: (target: Target, corrected: { payload: string; reason: string }) => Promise<void>;
};

const keyOf = ({ id, failedAt }: Target) => `${id} ${failedAt}`;

/** `saidOf`: how the server lists a target now, and when it said so; null when it does not. */
export function useRecordActs(saidOf: (target: Target) => Said | null): RecordActs {
  const client = useQueryClient();
  const [acts, setActs] = useState<ReadonlyMap<string, { target: Target; act: Act }>>(new Map());
  const note = (target: Target, act: Act) =>
    setActs((before) => new Map(before).set(keyOf(target), { target, act }));

  const over = new Set([...acts.values()].filter(({ target, act }) => isOver(act, saidOf(target))));
  useEffect(() => {
    if (over.size > 0) setActs((before) => new Map([...before].filter(([, noted]) => !over.has(noted))));
  });

  const refresh = () => {
    for (const queryKey of [["failures"], ["records"], ["overview"]])
      void client.invalidateQueries({ queryKey });
  };

  const run = async (
    target: Target,
    verb: "retry" | "undo" | "reopen",
    call: () => Promise<unknown>,
    done: () => Act,
  ) => {
    note(target, { kind: "asking", verb });
    try {
      await call();
      note(target, done());
    } catch (error) {
      note(target, refused(error, Date.now()));
    }
    refresh();
  };

  return {
    of: (target) => {
      const noted = acts.get(keyOf(target));
      return noted === undefined || over.has(noted) ? undefined : noted.act;
    },
    retry: (target) => {
      const pressedAtMs = Date.now();
      void run(
        target,
        "retry",
        () => retryRecord(target.id),
        () => leaving(pressedAtMs),
      );
    },
    undo: (target) =>
      void run(
        target,
        "undo",
        () => cancelRetry(target.id),
        () => ({ kind: "undone" }),
      ),
    reopen: (target) =>
      void run(
        target,
        "reopen",
        () => reopenRecord(target.id),
        () => ({ kind: "reopened", atMs: Date.now() }),
      ),
    resend: async (target, corrected) => {
      const pressedAtMs = Date.now();
      await resendRecord(target.id, corrected);
      note(target, leaving(pressedAtMs));
      refresh();
    },
    reject: async (target, code, reason) => {
      await rejectRecord(target.id, { code, reason });
      note(target, { kind: "rejected", why: `${rejectWords[code]}: ${reason}`, atMs: Date.now() });
      refresh();
    },
  };
}
