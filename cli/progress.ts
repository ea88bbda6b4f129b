// How far it is, in one line that changes in place.
import { number, type Output } from "#cli/output.ts";

const width = 24;
/** Often enough to see it move, ms. */
const everyMs = 100;

type Far = { stored: number; refused: number; bytes: number };

/** @param whole how many bytes there are in all; null where nobody knows. */
export function progress(out: Output, whole: number | null) {
  const beganMs = performance.now();
  let shownMs = -everyMs;
  return {
    show(far: Far): void {
      const nowMs = performance.now();
      if (nowMs - shownMs < everyMs) return;
      shownMs = nowMs;
      out.status(barText(far, whole, nowMs - beganMs));
    },
    end: () => out.status(""),
  };
}

/** `███████░░░ 62 %  31,204 stored, 2 not · 5,200 a second`. */
export function barText({ stored, refused, bytes }: Far, whole: number | null, ms: number): string {
  const share = whole === null || whole === 0 ? null : Math.min(1, bytes / whole);
  const full = Math.round((share ?? 0) * width);
  const bar =
    share === null ? "" : `${"█".repeat(full)}${"░".repeat(width - full)} ${Math.floor(share * 100)} %  `;
  const not = refused > 0 ? `, ${number(refused)} not` : "";
  const pace = ms < 500 ? "" : ` · ${number(Math.round((stored + refused) / (ms / 1_000)))} a second`;
  return `${bar}${number(stored)} stored${not}${pace}`;
}
