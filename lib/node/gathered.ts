// Bytes that come in pieces of any size, held in one buffer of at most twice their number. Each piece by itself, however small,
// would keep what it was read in alive, and cost hundreds of bytes beside.
export class Gathered {
  #held: Buffer;
  #length = 0;

  /** @param expected how many bytes are announced, if any; trusted up to 64 KiB */
  constructor(expected = 0) {
    this.#held = Buffer.allocUnsafe(Math.min(expected > 0 ? expected : 1_024, 65_536));
  }

  get length(): number {
    return this.#length;
  }

  add(piece: Uint8Array): void {
    const whole = this.#length + piece.length;
    if (whole > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(whole, 2 * this.#held.length));
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    this.#held.set(piece, this.#length);
    this.#length = whole;
  }

  /** All of them; nothing may be added after. */
  whole(): Buffer {
    return this.#held.subarray(0, this.#length);
  }
}
