// A terminal for tests: runs a command line in this process, and keeps what it prints.
import { run, type World } from "#cli/run.ts";
import { bootstrapKey } from "#tests/integration/api/app.ts";
import type { ApiServer } from "#tests/support/api-server.ts";

export type Typed = {
  stdin?: string | AsyncIterable<Uint8Array>;
  env?: Record<string, string>;
  /** Whether a person looks on. */
  isTTY?: boolean | { stdout: boolean; stderr: boolean };
  ending?: AbortSignal;
  client?: World["client"];
  /** Whether it waits between tries, as a person's does; else not at all. */
  isPatient?: boolean;
};
export type Printed = { code: number; stdout: string; stderr: string; json: () => Record<string, unknown>[] };

export type Terminal = {
  type: (line: string[], typed?: Typed) => Promise<Printed>;
  /** What is printed so far by commands that still run. */
  printed: () => string;
};

export function aTerminal({ url }: Pick<ApiServer, "url">): Terminal {
  let all = "";
  return {
    printed: () => all,
    async type(line, { stdin = "", env = {}, isTTY = false, ending, client, isPatient } = {}) {
      const said = { stdout: "", stderr: "" };
      const stream = (name: keyof typeof said) => ({
        isTTY: typeof isTTY === "boolean" ? isTTY : isTTY[name],
        columns: 120,
        write: (text: string) => {
          said[name] += text;
          all += text;
        },
      });
      const code = await run(line, {
        stdin: typeof stdin === "string" ? bytesOf(stdin) : stdin,
        stdinBytes: typeof stdin === "string" ? Buffer.byteLength(stdin) : null,
        stdout: stream("stdout"),
        stderr: stream("stderr"),
        env: { REDRIVE_URL: url, REDRIVE_API_KEY: bootstrapKey, ...env },
        ending: ending ?? new AbortController().signal,
        client: { ...(isPatient ? {} : { pause: async () => {} }), ...client },
      });
      const { stdout, stderr } = said;
      return {
        code,
        stdout,
        stderr,
        json: () =>
          stdout
            .trim()
            .split("\n")
            .map((text) => JSON.parse(text)),
      };
    },
  };
}

/** In pieces that end anywhere, as a pipe gives them. */
async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
}
