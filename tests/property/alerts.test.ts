// Whatever figures come: an alert needs its time, swings around a limit open one and not twenty, and none stays for ever.
import fc from "fast-check";
import { expect, test } from "vitest";
import { evaluateEveryMs, type Known, type Level, levels, type Reading, step } from "#lib/core/alerts.ts";

type Alert = { openedMs: number; resolvedMs: number | null };

/** Evaluations every ten seconds of one thing that is found so, and the alerts that come of it. */
function play(found: readonly Level[], forMs: number, calmMs: number): Alert[] {
  const alerts: Alert[] = [];
  let known: Known = { watchedSinceMs: null, alert: null };
  for (const [turn, level] of found.entries()) {
    const nowMs = turn * evaluateEveryMs;
    const reading: Reading = { about: "", level, title: "", figures: {} };
    const next = step(reading, known, { nowMs, forMs, calmMs });
    if (next.do === "watch") known = { ...known, watchedSinceMs: next.sinceMs };
    if (next.do === "forget") known = { ...known, watchedSinceMs: null };
    if (next.do === "keep") known = { ...known, alert: { lastMs: nowMs } };
    if (next.do === "open") {
      known = { watchedSinceMs: null, alert: { lastMs: nowMs } };
      alerts.push({ openedMs: nowMs, resolvedMs: null });
    }
    if (next.do === "resolve") {
      known = { watchedSinceMs: null, alert: null };
      const last = alerts.at(-1);
      if (last) last.resolvedMs = nowMs;
    }
  }
  return alerts;
}

const history = fc.array(fc.constantFrom(...levels), { maxLength: 120 });
const wait = fc.integer({ min: 0, max: 30 }).map((turns) => turns * evaluateEveryMs);
const turnOf = (ms: number) => ms / evaluateEveryMs;

test("an alert opens only after nothing was well for its whole wait, and at bad", () => {
  fc.assert(
    fc.property(history, wait, wait, (found, forMs, calmMs) => {
      for (const { openedMs } of play(found, forMs, calmMs)) {
        const opened = turnOf(openedMs);
        const since = found.slice(0, opened + 1).lastIndexOf("well") + 1;
        // The first bad one after the last well one: what was in between before it began nothing.
        const begun = found.indexOf("bad", since);
        expect(opened - begun).toBeGreaterThanOrEqual(turnOf(forMs));
        expect(found[opened]).toBe("bad");
      }
    }),
  );
});

test("what stays bad is an alert within one evaluation of its wait", () => {
  fc.assert(
    fc.property(history, wait, wait, (found, forMs, calmMs) => {
      const lasting = [...found, ...Array<Level>(turnOf(forMs) + 1).fill("bad")];
      const alerts = play(lasting, forMs, calmMs);
      expect(alerts.at(-1)?.resolvedMs).toBe(null);
    }),
  );
});

test("it is resolved only after it was well for its whole calm, and what stays well is resolved", () => {
  fc.assert(
    fc.property(history, wait, wait, (found, forMs, calmMs) => {
      const ending = [...found, ...Array<Level>(turnOf(calmMs) + 1).fill("well")];
      for (const { resolvedMs } of play(ending, forMs, calmMs)) {
        expect(resolvedMs).not.toBe(null);
        const last = turnOf(resolvedMs ?? 0);
        const calm = ending.slice(last + 1 - Math.max(1, turnOf(calmMs)), last + 1);
        expect(new Set(calm)).toEqual(new Set(["well"]));
      }
    }),
  );
});

test("what swings around its limit faster than its calm is one alert", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom<Level>("bad", "between", "well"), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 2, max: 10 }),
      (found, calmTurns) => {
        // Never well for as long as the calm.
        const swinging = found.map((level, turn) => (turn % calmTurns === 0 ? "bad" : level));
        expect(play(swinging, 0, calmTurns * evaluateEveryMs)).toHaveLength(1);
      },
    ),
  );
});
