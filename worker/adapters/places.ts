// Places that all handlers of a worker share, one for each connection they may hold at once. They are given out in the order
// of asking, so that a provider with much to do keeps no other waiting for more than one turn of each.
export class Places {
  #free: number;
  readonly #asking: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Takes one at once, where one is free. */
  take(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  /** Takes one as soon as those who asked before have had theirs. */
  ask(granted: () => void): void {
    if (this.take()) granted();
    else this.#asking.push(granted);
  }

  give(): void {
    const next = this.#asking.shift();
    if (next) next();
    else this.#free += 1;
  }
}
