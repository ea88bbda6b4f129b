// Hints of what changes, as the API streams them (server-sent events).
import { call, type Settings } from "./call.ts";

/** What changed: `throughput`, `provider`, `failures`, `record`, `alerts`; never the data itself. */
export type Hint = { topic: string; provider?: string; id?: string };

/** Ends when the connection does; one that is to go on is asked for again. */
export async function* readHints(settings: Settings, signal: AbortSignal): AsyncGenerator<Hint> {
  const response = await call(
    // It lasts as long as it is wanted.
    { ...settings, timeoutMs: 2 ** 31 - 1 },
    { method: "GET", path: "/stream", text: null, signal, headers: { accept: "text/event-stream" } },
  );
  if (!response.body) return;
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) yield* hintsIn(block);
  }
}

/** A block without data is a sign of life. */
function* hintsIn(block: string): Generator<Hint> {
  const data = block
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5).trim())
    .join("\n");
  if (data !== "") yield JSON.parse(data);
}
