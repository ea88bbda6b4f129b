// `redrive keys`: who else may use the API. A key is shown once, when it is made.

import { type Acts, type Command, type Given, textOf, textsOf } from "#cli/command.ts";
import { type ExitCode, exitCodes } from "#cli/exit-codes.ts";
import { BadUsage } from "#cli/failing.ts";
import { isId } from "#cli/ids.ts";
import { type Column, plain } from "#cli/output.ts";
import type { ApiKey, CreateKey, ShownKey } from "#clients/client.ts";
import { scopes } from "#lib/core/access.ts";

const day = (at: string | null) => at?.slice(0, 10) ?? null;

const columns: Column<ApiKey>[] = [
  { name: "NAME", text: ({ name }) => name, colour: () => "cyan" },
  { name: "SCOPES", text: ({ scopes }) => scopes.join(" ") },
  {
    name: "ONLY",
    text: ({ providers, owner }) => [...(providers ?? []), ...(owner ? [owner] : [])].join(" ") || null,
  },
  { name: "LAST USED", text: ({ lastUsedAt }) => day(lastUsedAt) },
  {
    name: "ENDS",
    text: ({ state, expiresAt }) => (state === "active" ? day(expiresAt) : state),
    colour: ({ state }) => (state === "active" ? null : "red"),
  },
  { name: "ID", text: ({ id }) => id, colour: () => "dim" },
];

const acts: Acts = {
  list: {
    reads: true,
    async run({ client, out, ending }) {
      const { items } = await client().listKeys({}, { signal: ending });
      out.table(items, columns, "There are no keys but that of REDRIVE_API_KEY, if it is set.");
      return exitCodes.done;
    },
  },
  create: {
    words: 1,
    options: ["scope", "provider", "owner", "expires"],
    async run(given) {
      const [name] = given.words;
      const named = textsOf(given, "scope");
      if (!name) throw new BadUsage("keys create: give it a name, for whoever sees it in the list.");
      if (named.length === 0) throw new BadUsage(`--scope: say what it may do: ${scopes.join(", ")}.`);
      const providers = textsOf(given, "provider");
      const key = {
        name,
        // Which there are, the API knows.
        scopes: named as CreateKey["scopes"],
        providers: providers.length > 0 ? providers : null,
        owner: textOf(given, "owner") ?? null,
        expiresAt: textOf(given, "expires") ?? null,
      };
      return shown(given, await given.client().createKey(key));
    },
  },
  rotate: {
    words: 1,
    options: ["overlap"],
    async run(given) {
      const overlapSeconds = overlapOf(given);
      return shown(given, await given.client().rotateKey(idOf(given), { overlapSeconds }));
    },
  },
  revoke: {
    words: 1,
    async run(given) {
      const key = await given.client().revokeKey(idOf(given));
      given.out.result(key, () => `${given.out.paint("green", "✓")} ${key.id}  is revoked`);
      return exitCodes.done;
    },
  },
};

export const keys: Command = {
  summary: "list API keys, make, rotate and revoke them",
  usage: "[create|rotate|revoke …]",
  help: `  keys                                       all of them; never their secrets
  keys create NAME --scope SCOPE… [--provider SLUG…] [--owner OWNER] [--expires TIME]
                                             scopes are ${scopes.join(", ")}
  keys rotate ID [--overlap SECONDS]         a new secret; the old one works that much longer, a day unless said
  keys revoke ID                             ends it now`,
  options: {
    scope: { type: "string", multiple: true },
    provider: { type: "string", multiple: true },
    owner: { type: "string" },
    expires: { type: "string" },
    overlap: { type: "string" },
  },
  acts,
};

/** On stdout the key alone, so that a script can take it; what is to be known of it beside. */
function shown({ out }: Given, made: ShownKey): ExitCode {
  out.result(made, () => made.key);
  if (!out.json) out.note(`This is the only time that it is shown. Its id is ${made.id}.`, "!");
  return exitCodes.done;
}

function idOf({ words: [id] }: Given): string {
  if (id !== undefined && isId(id)) return id;
  throw new BadUsage(
    `${id === undefined ? "Name the key by its id" : `${plain(id)}: is no key's id`}; redrive keys lists them.`,
  );
}

function overlapOf(given: Given): number {
  const text = textOf(given, "overlap") ?? "86400";
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 0) return seconds;
  throw new BadUsage(`--overlap: must be whole seconds, not ${text}.`);
}
