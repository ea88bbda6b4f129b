// Texts of others in a message: made harmless, and cut to what a channel takes.
import type { Line } from "#lib/core/message-content.ts";

/** Without control characters, and without those that turn the direction of what follows. */
export const harmless = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ");

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** At most so many characters once written: an entity is never cut, nor is what a reader sees as one character. */
export function fitted(text: string, most: number, write: (text: string) => string = (same) => same): string {
  // Nobody's sentence is that long, and a megabyte need not be looked at.
  const whole = harmless(text.slice(0, 4 * most)).trim();
  const written = write(whole);
  if (written.length <= most && text.length <= 4 * most) return written;
  let kept = "";
  for (const { segment } of graphemes.segment(whole)) {
    const next = write(segment);
    if (kept.length + next.length > most - 1) break;
    kept += next;
  }
  return `${kept}…`;
}

/** `2026-11-21 14:02 UTC`. */
export const utc = (iso: string): string =>
  `${new Date(iso).toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** A line as plain text. */
export const plainLine = (line: Line): string =>
  line.map((part) => (typeof part === "string" ? harmless(part) : utc(part.at))).join("");
