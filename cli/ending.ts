// How a command ends before its time: what it waits for is left at once, what it has sent is waited for.
import { setTimeout as wait } from "node:timers/promises";

/** A write whose answer is still out, and that is not sent again: whether it happened, nobody knows. */
export class Interrupted extends Error {
  override name = "Interrupted";
  override message = "Interrupted before it was answered; it may be done or not.";
}

/** Nobody reads what a command says any more, like `head` when it has enough. */
export class Unread extends Error {
  override name = "Unread";
  override message = "Nobody reads stdout any more.";
}

/** What a command says can't be written: the disk is full, or the terminal is gone. */
export class Unwritable extends Error {
  override name = "Unwritable";
  constructor(stream: "stdout" | "stderr", cause: NodeJS.ErrnoException) {
    super(`${stream} can't be written (${cause.code ?? cause.message}).`, { cause });
  }
}

export const whyEnded = ({ reason }: AbortSignal): string =>
  reason instanceof Unread ? reason.message : "Interrupted.";

/** Between two tries of a call. One that changes something carries no signal of its own, so that a try is never cut short. */
export const pauseUntil =
  (ending: AbortSignal) =>
  async (ms: number, signal: AbortSignal | undefined): Promise<void> => {
    try {
      await wait(ms, undefined, { signal: ending });
    } catch (error) {
      throw signal ? error : new Interrupted();
    }
  };

/** A stream's pieces, until it ends or the command does: a pipe that says nothing more must not keep a Ctrl-C waiting. */
export async function* until<Piece>(
  ending: AbortSignal,
  stream: AsyncIterable<Piece>,
): AsyncGenerator<Piece> {
  const pieces = stream[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await nextOrEnd(pieces, ending);
    if (done) return;
    yield value;
  }
}

/** No race against one promise of the ending: that would keep each piece for as long as the command runs. */
function nextOrEnd<Piece>(pieces: AsyncIterator<Piece>, ending: AbortSignal): Promise<IteratorResult<Piece>> {
  return new Promise((resolve, reject) => {
    const end = () => resolve({ done: true, value: undefined });
    if (ending.aborted) return end();
    ending.addEventListener("abort", end, { once: true });
    const forget = () => ending.removeEventListener("abort", end);
    pieces.next().then(resolve, reject).finally(forget);
  });
}

/** Whether it says no more than that the command was asked to end. */
export const isOfEnding = (error: unknown, ending: AbortSignal): boolean =>
  ending.aborted && (error === ending.reason || (error instanceof Error && error.name === "AbortError"));
