// A direct adapter's time: when it is over, or the worker stops, nobody waits any longer. What the adapter still does then
// may have its effect, so the record's attempt ends as one that may have arrived.
import type { Reply } from "#lib/core/reply.ts";
import type { DirectAdapter } from "#worker/adapters/adapter.ts";

export function underDeadline(adapter: DirectAdapter, totalMs: number): DirectAdapter {
  const { read, close, graceMs = 0, holdsConnection = false } = adapter;
  // Wrapped, not copied: the methods of a class are on its prototype, and want their `this`.
  return {
    kind: "direct",
    holdsConnection,
    deliver: (record, { signal, ...moment }) =>
      within({ totalMs, graceMs }, signal, (own) => adapter.deliver(record, { ...moment, signal: own })),
    read: read && ((reply, record) => read.call(adapter, reply, record)),
    close: close && (() => close.call(adapter)),
  };
}

function within(
  { totalMs, graceMs }: { totalMs: number; graceMs: number },
  outer: AbortSignal,
  run: (signal: AbortSignal) => Promise<Reply>,
): Promise<Reply> {
  const startedMs = performance.now();
  const ending = new AbortController();
  return new Promise((resolve, reject) => {
    const timedOut = () => {
      const afterMs = Math.round(performance.now() - startedMs);
      resolve({ kind: "timeout", phase: "total", sent: true, afterMs });
    };
    let grace: NodeJS.Timeout | undefined;
    // Here too: one that never settles would keep its listener as long as the worker lives.
    const end = () => {
      release();
      ending.abort(new DOMException("out of time", "TimeoutError"));
      // One turn of the loop at least: an adapter that heeds the signal knows better than we whether anything had left.
      if (graceMs > 0) grace = setTimeout(timedOut, graceMs);
      else setImmediate(timedOut);
    };
    // Not AbortSignal.any: the outer signal lives as long as the worker, and would gather one listener a record.
    const timer = setTimeout(end, totalMs);
    const release = () => {
      clearTimeout(timer);
      clearTimeout(grace);
      outer.removeEventListener("abort", end);
    };
    outer.addEventListener("abort", end, { once: true });
    if (outer.aborted) end();
    // A late result is ignored: the promise has been settled.
    new Promise<Reply>((done) => done(run(ending.signal)))
      .then(resolve, (error) => (isOutOfTime(ending.signal, error) ? timedOut() : reject(error)))
      .finally(release);
  });
}

const isOutOfTime = ({ aborted, reason }: AbortSignal, error: unknown): boolean =>
  aborted && error === reason;
