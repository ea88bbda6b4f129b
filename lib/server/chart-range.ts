// A chart's range, checked as a whole.
import type { ChartRange } from "#lib/contract/provider.ts";
import { invalid } from "#lib/server/problem.ts";

/** @throws Refusal when it ends before it begins, or begins where no figures can be. */
export function checkedRange(range: ChartRange): ChartRange {
  const { from, to } = range;
  const endMs = to ? Date.parse(to) : Date.now();
  if (from && Date.parse(from) >= endMs)
    throw invalid("from", "must be before `to`, or before now without one");
  if (from && Date.parse(from) < 0) throw invalid("from", "must be in 1970 or later");
  return range;
}
