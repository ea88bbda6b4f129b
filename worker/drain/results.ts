// Results on their way into the database: gathered for a moment, written in one statement, and kept until that commits.
import type { Settled } from "#db/writes/settle.ts";

/** A statement's worth; more wait for the next. */
const groupMax = 500;

export class Results {
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
    if (this.#writing.length === 0) this.#writing = this.#waiting.splice(0, groupMax);
    return this.#writing;
  }

  /** Ids whose result is neither written nor being written. */
  unwritten(inGroup: Set<string>): string[] {
    return [...this.#ids].filter((id) => !inGroup.has(id));
  }

  /** The group is written. */
  written(): void {
    for (const { id } of this.#writing) this.#ids.delete(id);
    this.#writing = [];
  }

  /** Everything that is not written, when the lease is lost. */
  abandon(): Settled[] {
    const left = [...this.#writing, ...this.#waiting];
    this.#writing = [];
    this.#waiting = [];
    this.#ids.clear();
    return left;
  }
}
