"use client";
// The acts of this screen, by record. They live as long as the list is on the screen: leaving it forgets them.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Act, leaving, refused } from "#lib/client/act.ts";
import { cancelRetry, rejectRecord, reopenRecord, retryRecord } from "#lib/client/records.ts";
import { type RejectCode, rejectWords } from "#lib/client/words.ts";

/** A record that failed at a time: failed again, it is another target, and what was done to the first is over. */
export type Target = { id: string; failedAt: string };

export type RecordActs = {
  of: (target: Target) => Act | undefined;
  retry: (target: Target) => void;
  undo: (target: Target) => void;
  /** Throws the API's refusal, so that the dialog can show it and keep what was typed. */
  reject: (target: Target, code: RejectCode, reason: string) => Promise<void>;
  reopen: (target: Target) => void;
};

const keyOf = ({ id, failedAt }: Target) => `${id} ${failedAt}`;

export function useRecordActs(): RecordActs {
  const client = useQueryClient();
  const [acts, setActs] = useState<ReadonlyMap<string, Act>>(new Map());
  const note = (target: Target, act: Act) => setActs((before) => new Map(before).set(keyOf(target), act));

  const refresh = () => {
    for (const queryKey of [["failures"], ["records"], ["overview"]])
      void client.invalidateQueries({ queryKey });
  };

  const run = async (
    target: Target,
    verb: "retry" | "undo" | "reopen",
    call: () => Promise<unknown>,
    done: Act,
  ) => {
    note(target, { kind: "asking", verb });
    try {
      await call();
      note(target, done);
    } catch (error) {
      note(target, refused(error));
    }
    refresh();
  };

  return {
    of: (target) => acts.get(keyOf(target)),
    retry: (target) => void run(target, "retry", () => retryRecord(target.id), leaving(Date.now())),
    undo: (target) => void run(target, "undo", () => cancelRetry(target.id), { kind: "undone" }),
    reopen: (target) => void run(target, "reopen", () => reopenRecord(target.id), { kind: "reopened" }),
    reject: async (target, code, reason) => {
      await rejectRecord(target.id, { code, reason });
      note(target, { kind: "rejected", why: `${rejectWords[code]}: ${reason}` });
      refresh();
    },
  };
}
