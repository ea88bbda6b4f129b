// Results on their way into the database: gathered for a moment, written in one statement, and kept until that commits.
import type { Settled } from "#db/writes/settle.ts";

/** A statement's worth; more wait for the next. */
const groupMax = 500;

export class Results {
  /** Results that are written one by one, since one among them can't be written. */
  #suspects = 0;
  #waiting: Settled[] = [];
  #writing: Settled[] = [];
  readonly #ids = new Set<string>();

  get size(): number {
    return this.#ids.size;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(settled: Settled): void {
    this.#waiting.push(settled);
    this.#ids.add(settled.id);
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
