// A failure group in words: what it is called, how it stands, and what was done last.
import { count, exactly, person, plural } from "#lib/client/formats.ts";
import type { FailureGroup } from "#lib/contract/group.ts";

/** `422 · postal_code is invalid`; a message that begins with its code says it once. */
export function groupTitle({ statusCode, title }: Pick<FailureGroup, "statusCode" | "title">): string {
  if (statusCode === null) return title;
  const said = `${statusCode}: `;
  if (title.startsWith(said)) return `${statusCode} · ${title.slice(said.length)}`;
  if (title.startsWith(String(statusCode))) return title;
  return `${statusCode} · ${title}`;
}

export type GroupMark = "new" | "growing" | "back_again" | "muted";

export function marksOf(
  {
    isNew,
    isGrowing,
    isBackAgain,
    mutedUntil,
  }: Pick<FailureGroup, "isNew" | "isGrowing" | "isBackAgain" | "mutedUntil">,
  nowMs: number,
): GroupMark[] {
  const marks: [GroupMark, boolean][] = [
    ["back_again", isBackAgain],
    ["new", isNew],
    ["growing", isGrowing],
    ["muted", mutedUntil !== null && Date.parse(mutedUntil) > nowMs],
  ];
  return marks.filter(([, isSo]) => isSo).map(([mark]) => mark);
}

/** `12 records`, and of how many there were when some are dealt with: `12 records of 40`. */
export const recordWords = ({ records, total }: Pick<FailureGroup, "records" | "total">): string =>
  total > records ? `${plural(records, "record")} of ${count(total)}` : plural(records, "record");

/** Records may belong to nobody. */
export function ownerWords({
  owners,
  ownersAtLeast,
}: Pick<FailureGroup, "owners" | "ownersAtLeast">): string | null {
  if (owners === 0) return null;
  return ownersAtLeast ? `at least ${plural(owners, "owner")}` : plural(owners, "owner");
}

const deeds: Record<string, (these: string) => string> = {
  retried: (these) => `ran ${these} again`,
  rejected: (these) => `rejected ${these}`,
  retry_cancelled: (these) => `took ${these} back from being run again`,
  reopened: (these) => `reopened ${these}`,
  skipped: () => "let others pass",
  moved: () => "gave it to this team",
  assigned: () => "changed who has it",
};

/** `Ana ran 12 records again`; null when nobody did anything yet. When is said beside it. */
export function lastActWords({
  lastAct,
  lastActBy,
  lastActRecords,
}: Pick<FailureGroup, "lastAct" | "lastActBy" | "lastActRecords">): string | null {
  if (lastAct === null || lastActBy === null) return null;
  const these = lastActRecords === null ? "it" : exactly(lastActRecords, "record");
  return `${person(lastActBy)} ${deeds[lastAct]?.(these) ?? "was at it"}`;
}

/** Failures by hour, for the ear: `Failures an hour, the last 24 hours: 40 in all, 12 in this one`. */
export function trendWords(trend: readonly number[]): string {
  const all = trend.reduce((sum, one) => sum + one, 0);
  return `Failures an hour, the last 24 hours: ${count(all)} in all, ${count(trend.at(-1) ?? 0)} in this one`;
}

/** How many may be run again at once: a few first, to see whether it helps, and all. */
export const firsts = (records: number): number[] => [
  ...[1, 10, 100].filter((few) => few < records),
  records,
];

/** From here on the number is typed, so that nobody sends thousands by a slip. */
export const typedFrom = 1_000;
