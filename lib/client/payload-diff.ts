// What differs between two payloads, by lines of laid-out JSON: what was, what is, and a little of what stands around it.
import { diffLines } from "diff";
import { prettyJson } from "#lib/client/json-text.ts";

export type DiffLine =
  | { kind: "same" | "was" | "is"; text: string }
  /** So many lines that are the same on both sides. */
  | { kind: "left_out"; lines: number };

/** Lines around a change that show where it is. */
const around = 3;

/** Both are JSON text. Empty when they say the same on every line. */
export function payloadDiff(before: string, after: string): DiffLine[] {
  const parts = diffLines(`${prettyJson(before)}\n`, `${prettyJson(after)}\n`);
  if (!parts.some(({ added, removed }) => added || removed)) return [];
  return parts.flatMap(({ value, added, removed }, place): DiffLine[] => {
    const lines = value.replace(/\n$/, "").split("\n");
    if (added || removed) return lines.map((text) => ({ kind: added ? "is" : "was", text }));
    return shortened(lines, { isFirst: place === 0, isLast: place === parts.length - 1 });
  });
}

function shortened(lines: string[], { isFirst, isLast }: { isFirst: boolean; isLast: boolean }): DiffLine[] {
  const same = (some: string[]): DiffLine[] => some.map((text) => ({ kind: "same", text }));
  const head = isFirst ? 0 : around;
  const tail = isLast ? 0 : around;
  const hidden = lines.length - head - tail;
  // One line is not worth a line that says so.
  if (hidden <= 1) return same(lines);
  return [
    ...same(lines.slice(0, head)),
    { kind: "left_out", lines: hidden },
    ...same(tail === 0 ? [] : lines.slice(-tail)),
  ];
}

/** `2 lines out, 1 in`, for the ear and for a title. */
export function diffWords(lines: readonly DiffLine[]): string {
  const count = (kind: "was" | "is") => lines.filter((line) => line.kind === kind).length;
  return `${count("was")} out, ${count("is")} in`;
}
