"use client";
// What became of the rows that were sent again: asked for a while, until it is known.
import { useQueries } from "@tanstack/react-query";
import type { RecordActs } from "#components/records/use-record-acts.ts";
import { statusLooks } from "#components/states/status-chip.tsx";
import { isUndoable } from "#lib/client/act.ts";
import { useNow } from "#lib/client/clock.ts";
import { recordQuery } from "#lib/client/records.ts";
import type { Failure } from "#lib/contract/failure.ts";
import type { RecordStatus } from "#lib/core/status.ts";

const askEveryMs = 2_000;
const askForMs = 60_000;

const words: Partial<Record<RecordStatus, string>> = {
  delivered: "delivered",
  duplicate: "delivered, it had it already",
  failed: "not delivered again",
  discarded: "discarded",
};

export function useOutcomes(failures: readonly Failure[], acts: RecordActs): ReadonlyMap<string, string> {
  const now = useNow(1_000);
  const sent = failures.filter((failure) => {
    const act = acts.of(failure);
    return act?.kind === "leaving" && !isUndoable(act, now);
  });
  const results = useQueries({
    queries: sent.map((failure) => {
      const act = acts.of(failure);
      const isOver = act?.kind === "leaving" && now - act.untilMs > askForMs;
      return {
        ...recordQuery(failure.id),
        staleTime: 0,
        refetchInterval: (query: { state: { data?: { status: RecordStatus } } }) => {
          const status = query.state.data?.status;
          return isOver || (status !== undefined && words[status] !== undefined) ? false : askEveryMs;
        },
      };
    }),
  });
  return new Map(
    sent.flatMap(({ id }, index) => {
      const status = results[index]?.data?.status;
      if (status === undefined) return [];
      return [[id, words[status] ?? statusLooks[status].word.toLowerCase()] as const];
    }),
  );
}
