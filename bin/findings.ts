// What the doctor found, as people read it: a line a check, with its mend below.
import type { Check, CheckLevel } from "#lib/core/checks.ts";

const signs: Record<CheckLevel, string> = { ok: "✓", warn: "!", fail: "✗" };
const colours: Record<CheckLevel, string> = { ok: "32", warn: "33", fail: "31" };

export function findings(checks: readonly Check[], { colour }: { colour: boolean }): string {
  const width = Math.max(...checks.map(({ name }) => name.length)) + 2;
  const sign = (level: CheckLevel) =>
    colour ? `\u001b[${colours[level]}m${signs[level]}\u001b[0m` : signs[level];
  const lines = checks.flatMap(({ name, level, says, mend }) => [
    `${sign(level)} ${name.padEnd(width)}${says}`,
    ...(mend === null ? [] : [`${" ".repeat(width + 2)}${mend}`]),
  ]);
  return `${lines.join("\n")}\n\n${summary(checks)}\n`;
}

function summary(checks: readonly Check[]): string {
  const of = (level: CheckLevel) => checks.filter((check) => check.level === level).length;
  const counted = (n: number, word: string) => (n === 0 ? [] : [`${n} ${word}${n === 1 ? "" : "s"}`]);
  const words = [...counted(of("fail"), "failure"), ...counted(of("warn"), "warning")];
  return words.length === 0 ? "All is well." : `${words.join(", ")}.`;
}
