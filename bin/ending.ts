// When a process shall end, known from its first moment on: whoever was asked to stop while still starting must not go on,
// and must not leave behind what it has begun.

/** The reason of an aborted `ending`: nothing went wrong, somebody asked. */
export class Ended extends Error {
  override name = "Ended";
}

/**
 * Aborted on SIGTERM, on Ctrl-C, when the terminal closes, or when the parent that started us is gone. To be asked for
 * before anything is begun.
 */
export function endingSignal(): AbortSignal {
  const ending = new AbortController();
  const end = () => ending.abort(new Ended("asked to end"));
  // Not `once`: under npm a Ctrl-C comes twice, from the terminal and from npm, and the second would kill us hard.
  for (const event of ["SIGTERM", "SIGINT", "SIGHUP", "disconnect"]) process.on(event, end);
  // A terminal that was closed can't be written to; settling matters more than saying so.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  return ending.signal;
}

export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener("abort", () => done(), { once: true });
  });
}

/** Tells the parent, where there is one, that we serve. */
export function sayReady(): void {
  if (process.connected) process.send?.({ kind: "ready" });
}
