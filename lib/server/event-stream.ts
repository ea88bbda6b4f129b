// A stream of server-sent hints. It ends when the reader leaves, when they may no longer see, or when they don't keep up.
import type { Hint } from "#lib/contract/hint.ts";
import { callerOf } from "#lib/server/caller.ts";
import type { Deps } from "#lib/server/deps.ts";
import { hearHints } from "#lib/server/hints.ts";
import { Refusal } from "#lib/server/problem.ts";

type Pace = { heartbeatMs: number; recheckMs: number };

// 15 s: proxies close connections that are silent for 30 s and more.
const usualPace: Pace = { heartbeatMs: 15_000, recheckMs: 60_000 };

/** Hints that may wait for a reader; who is further behind reloads anyway. */
const waitingMax = 1_000;

export async function eventStream(request: Request, deps: Deps, pace = usualPace): Promise<Response> {
  const encoder = new TextEncoder();
  let end = (_isLeft?: "left") => {};
  const stream = new ReadableStream<Uint8Array>(
    {
      start: async (controller) => {
        const timers: NodeJS.Timeout[] = [];
        let leave = () => {};
        let isOver = false;
        end = (isLeft) => {
          if (isOver) return;
          isOver = true;
          for (const timer of timers) clearInterval(timer);
          request.signal.removeEventListener("abort", aborted);
          leave();
          // What its reader left is closed already; to close it again would throw.
          if (isLeft === undefined) controller.close();
        };
        const aborted = () => end();
        const write = (text: string) => {
          if (isOver) return;
          if ((controller.desiredSize ?? 0) <= 0) end();
          else controller.enqueue(encoder.encode(text));
        };
        request.signal.addEventListener("abort", aborted);
        leave = await hearHints(deps, (hint: Hint) => write(`data: ${JSON.stringify(hint)}\n\n`));
        // Gone while we began to listen.
        if (isOver) leave();
        else if (request.signal.aborted) end();
        write("retry: 2000\n: listening\n\n");
        if (isOver) return;
        timers.push(
          setInterval(() => write(": still here\n\n"), pace.heartbeatMs),
          setInterval(async () => {
            if (!(await maySee(request, deps))) end();
          }, pace.recheckMs),
        );
      },
      cancel: () => end("left"),
    },
    new CountQueuingStrategy({ highWaterMark: waitingMax }),
  );
  return new Response(stream, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      // nginx would gather the stream otherwise.
      "x-accel-buffering": "no",
    },
  });
}

/** Whether the session, or key, is still valid; a database that fails to answer ends no stream. */
async function maySee(request: Request, deps: Deps): Promise<boolean> {
  try {
    return (await callerOf(request, deps)).may("see");
  } catch (error) {
    if (error instanceof Refusal) return false;
    deps.log.warn({ err: error }, "a stream's session could not be checked");
    return true;
  }
}
