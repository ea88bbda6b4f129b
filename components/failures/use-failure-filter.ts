"use client";
// The filter lives in the URL, so a link shows a colleague the same list.
import { useQueryStates } from "nuqs";
import { failureParsers } from "#lib/client/failure-params.ts";
import type { FailureFilter } from "#lib/client/failures.ts";

export function useFailureFilter(): { filter: FailureFilter; set: (change: Partial<FailureFilter>) => void } {
  const [filter, setFilter] = useQueryStates(failureParsers, { history: "replace" });
  return { filter, set: (change) => void setFilter(change) };
}
