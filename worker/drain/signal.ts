/** Wakes one waiting loop. What happens while nobody waits is remembered, so no wake-up is ever lost. */
export class Signal {
  #raised = false;
  #wake: (() => void) | null = null;

  raise = (): void => {
    this.#raised = true;
    this.#wake?.();
  };

  /** Until it is raised, or `ms` have passed. */
  async wait(ms: number): Promise<void> {
    if (!this.#raised) {
      await new Promise<void>((done) => {
        const timer = setTimeout(done, ms);
        this.#wake = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
    this.#wake = null;
    this.#raised = false;
  }
}
