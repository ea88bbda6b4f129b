// Our time as a provider's owner: its clock, how long the lease still lasts, and whether requests may start under it. It
// ends when we stop or something holds the provider, and is lost when another owner has it.
import { type Lease, leaseMs } from "#db/writes/take-lease.ts";

/** A quiet lease is renewed, and an operator's acts are read, this often. */
const renewMs = 500;
/** No request starts this shortly before the lease ends: an owner that can't renew must have stopped by then. */
const marginMs = 4_000;
/** The last request under a lease may start this long after its renewal. */
export const startsWithinMs = leaseMs - marginMs;

export class Tenure {
  readonly lease: Lease;
  readonly #monotonicMs: () => number;
  readonly #takenMs: number;
  /** When the write that renewed it last began: from then on it counts. */
  #countsFromMs: number;
  #renewedAtMs: number;
  #isHeld: boolean;
  #isStopping = false;
  #isLost = false;

  constructor(lease: Lease, monotonicMs: () => number) {
    this.lease = lease;
    this.#monotonicMs = monotonicMs;
    this.#takenMs = monotonicMs();
    this.#countsFromMs = this.#takenMs;
    this.#renewedAtMs = this.#takenMs;
    this.#isHeld = lease.paused;
  }

  get provider(): string {
    return this.lease.provider;
  }

  /** The database's clock, carried on by the monotonic one, ms since 1970. */
  nowMs(): number {
    return this.lease.takenAtMs + (this.#monotonicMs() - this.#takenMs);
  }

  mayStart(): boolean {
    return !this.isEnding && !this.#isLost && this.#monotonicMs() < this.#countsFromMs + startsWithinMs;
  }

  /** It should have been renewed long ago, and nothing starts for that reason alone. */
  isOverdue(): boolean {
    return !this.isEnding && !this.#isLost && !this.mayStart();
  }

  wantsRenewal(): boolean {
    return this.#monotonicMs() - this.#countsFromMs >= renewMs;
  }

  /** When a renewal last came through, by the monotonic clock. */
  get renewedAtMs(): number {
    return this.#renewedAtMs;
  }

  /** @param sinceMs when the write that did it began, by the monotonic clock. */
  renewed(sinceMs: number): void {
    this.#countsFromMs = sinceMs;
    this.#renewedAtMs = this.#monotonicMs();
  }

  /** Nothing more starts; it is let go once what is on its way is settled. */
  get isEnding(): boolean {
    return this.#isStopping || this.#isHeld;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Something holds the provider: a person, or a policy that can't be used. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
  }

  stop(): void {
    this.#isStopping = true;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Another owner has the provider. */
  lose(): void {
    this.#isLost = true;
  }
}
