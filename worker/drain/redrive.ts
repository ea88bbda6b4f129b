// Failures of a provider that recovered come back, a few at a time.
import { redriveFailures } from "#db/writes/redrive-failures.ts";
import type { Deps } from "#worker/deps.ts";
import type { Gatekeeper } from "#worker/drain/gatekeeper.ts";
import type { Reader } from "#worker/drain/reader.ts";
import type { Tenure } from "#worker/drain/tenure.ts";

/** How long failures that found no room to come back are left alone. */
const idleMs = 2_000;

type Company = { gatekeeper: Gatekeeper; reader: Reader };

export class Redrive {
  readonly #deps: Pick<Deps, "sql" | "hints">;
  readonly #tenure: Tenure;
  readonly #gatekeeper: Gatekeeper;
  readonly #reader: Reader;
  #isUnderWay = false;

  constructor(deps: Deps, tenure: Tenure, { gatekeeper, reader }: Company) {
    this.#deps = deps;
    this.#tenure = tenure;
    this.#gatekeeper = gatekeeper;
    this.#reader = reader;
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  isDue(): boolean {
    return !this.#isUnderWay && this.#gatekeeper.redriving(this.#tenure.nowMs()) !== null;
  }

  /** When the next come back, ms since 1970; null when none will, or some are about to. */
  get nextAtMs(): number | null {
    return this.#isUnderWay ? null : this.#gatekeeper.nextRedriveMs;
  }

  async bringBack(): Promise<void> {
    this.#isUnderWay = true;
    try {
      const may = this.#gatekeeper.redriving(this.#tenure.nowMs());
      if (!may) return;
      const coolDownBaseMs = this.#gatekeeper.policy.backoff.baseMs;
      const { lease, provider } = this.#tenure;
      const { back, againInMs } = await redriveFailures(this.#deps.sql, lease, { ...may, coolDownBaseMs });
      // Without room for more there is no use in looking at once.
      const nextInMs = againInMs !== null && back === 0 ? Math.max(againInMs, idleMs) : againInMs;
      this.#gatekeeper.redriven(may.sinceMs, nextInMs, this.#tenure.nowMs());
      if (back === 0) return;
      this.#deps.hints.changed({ topic: "failures", provider });
      this.#reader.rescanSoon();
    } finally {
      this.#isUnderWay = false;
    }
  }
}
