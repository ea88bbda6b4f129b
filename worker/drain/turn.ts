// A drain's turn at the places that are shared with other drains. Where none is free it asks once, and starts nothing until
// its turn has come: what waits is not in flight, and loses nothing of its time.
import type { Places } from "#worker/adapters/places.ts";

export class Turn {
  readonly #places: Places;
  readonly #wake: () => void;
  #state: "none" | "asked" | "granted" | "ended" = "none";

  constructor(places: Places, wake: () => void) {
    this.#places = places;
    this.#wake = wake;
  }

  /** Takes a place for one record. Where it can't, the drain is woken when its turn has come. */
  take(): boolean {
    if (this.#state === "none" && this.#places.take()) return true;
    if (this.#state === "granted") {
      this.#state = "none";
      return true;
    }
    if (this.#state === "none") {
      this.#state = "asked";
      this.#places.ask(() => this.#grant());
    }
    return false;
  }

  give(): void {
    this.#places.give();
  }

  /** A turn that came and can't be used now is the next one's. */
  pass(): void {
    if (this.#state !== "granted") return;
    this.#state = "none";
    this.give();
  }

  end(): void {
    this.pass();
    this.#state = "ended";
  }

  #grant(): void {
    const isLate = this.#state === "ended";
    this.#state = isLate ? "ended" : "granted";
    if (isLate) this.give();
    else this.#wake();
  }
}
