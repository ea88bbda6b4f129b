"use client";
// The charts' shared time range, in the URL.
import { useQueryStates } from "nuqs";
import { rangeParsers } from "#lib/client/range-params.ts";
import type { Range } from "#lib/client/ranges.ts";

export function useRange(): { range: Range; setRange: (range: Range) => void } {
  const [{ range }, set] = useQueryStates(rangeParsers, { history: "replace" });
  return { range, setRange: (next) => void set({ range: next }) };
}
