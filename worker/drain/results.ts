// Results on their way into the database: gathered for a moment, written in one statement, and kept until that commits.
import type { Settled } from "#db/writes/settle.ts";

/** A statement's worth; more wait for the next. */
const groupMax = 500;
/** Results wait this long for company before they are written. */
const gatherMs = 10;

export class Results {
  readonly #monotonicMs: () => number;
  /** Results that are written one by one, since one among them can't be written. */
  #suspects = 0;
  #waiting: Settled[] = [];
  #writing: Settled[] = [];
  readonly #ids = new Set<string>();
  #writeAtMs = 0;
  #addedAtMs = 0;
  #writtenLately = 0;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  get size(): number {
    return this.#ids.size;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(settled: Settled): void {
    this.#addedAtMs = this.#monotonicMs();
    if (this.size === 0) this.#writeAtMs = this.#addedAtMs + gatherMs;
    this.#waiting.push(settled);
    this.#ids.add(settled.id);
  }

  /** When one was last added, by the monotonic clock. */
  get addedAtMs(): number {
    return this.#addedAtMs;
  }

  /** When the next write is to begin, by the monotonic clock: not before, even if there is nothing but a renewal. */
  get writeAtMs(): number {
    return this.#writeAtMs;
  }

  postpone(ms: number): void {
    this.#writeAtMs = this.#monotonicMs() + ms;
  }

  /** How many the last write had: about as many settle during the next. */
  get writtenLately(): number {
    return this.#writtenLately;
  }

  /** The group to write now; a group whose write failed comes first, unchanged. */
  take(): Settled[] {
    if (this.#writing.length === 0)
      this.#writing = this.#waiting.splice(0, this.#suspects > 0 ? 1 : groupMax);
    return this.#writing;
  }

  /** Ids whose result is neither written nor being written. */
  unwritten(inGroup: Set<string>): string[] {
    return [...this.#ids].filter((id) => !inGroup.has(id));
  }

  /** The group is written. */
  written(): void {
    for (const { id } of this.#writing) this.#ids.delete(id);
    this.#writtenLately = this.#writing.length;
    this.#suspects = Math.max(0, this.#suspects - this.#writing.length);
    this.#writing = [];
  }

  /** The group can't be written as it is: its results go one by one, so that only the bad one stays behind. */
  isolate(): void {
    this.#suspects = this.#writing.length;
    this.#waiting.unshift(...this.#writing);
    this.#writing = [];
  }

  /** The one result that can't be written as it is, written in another way. */
  replace(settled: Settled): void {
    this.#writing = [settled];
  }

  /** Everything that is not written. */
  left(): Settled[] {
    return [...this.#writing, ...this.#waiting];
  }

  /** The lease is lost: what is not written stays so. */
  abandon(): void {
    this.#writing = [];
    this.#waiting = [];
    this.#ids.clear();
  }
}
