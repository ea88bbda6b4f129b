// `redrive keys`: who else may use the API. A key is shown once, when it is made.

import { type Command, type Given, textOf, textsOf } from "#cli/command.ts";
import { type ExitCode, exitCodes } from "#cli/exit-codes.ts";
import { BadUsage } from "#cli/failing.ts";
import type { Column } from "#cli/output.ts";
import type { ApiKey, CreateKey, ShownKey } from "#clients/client.ts";

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

export const keys: Command = {
  summary: "list API keys, make, rotate and revoke them",
  usage: "[create|rotate|revoke …]",
  help: `  keys                                       all of them; never their secrets
  keys create NAME --scope SCOPE… [--provider SLUG…] [--owner OWNER] [--expires TIME]
                                             scopes are enqueue, read, operate, admin
  keys rotate ID [--overlap SECONDS]         a new secret; the old one works that much longer, a day unless said
  keys revoke ID                             ends it now`,
  options: {
    scope: { type: "string", multiple: true },
    provider: { type: "string", multiple: true },
    owner: { type: "string" },
    expires: { type: "string" },
    overlap: { type: "string" },
  },
  run(given) {
    const [what = "list", ...words] = given.words;
    const act = Object.hasOwn(acts, what) ? acts[what] : undefined;
    if (!act) throw new BadUsage(`keys ${what}: is not known; there are ${Object.keys(acts).join(", ")}.`);
    return act({ ...given, words });
  },
};

const acts: Record<string, (given: Given) => Promise<ExitCode>> = {
  async list({ client, out, ending }) {
    const { items } = await client().listKeys({ signal: ending });
    out.table(items, columns, "There are no keys but that of REDRIVE_API_KEY, if it is set.");
    return exitCodes.done;
  },
  async create(given) {
    const [name] = given.words;
    const scopes = textsOf(given, "scope");
    if (!name) throw new BadUsage("keys create: give it a name, for whoever sees it in the list.");
    if (scopes.length === 0)
      throw new BadUsage("--scope: say what it may do: enqueue, read, operate, admin.");
    const providers = textsOf(given, "provider");
    const key = {
      name,
      // Which there are, the API knows.
      scopes: scopes as CreateKey["scopes"],
      providers: providers.length > 0 ? providers : null,
      owner: textOf(given, "owner") ?? null,
      expiresAt: textOf(given, "expires") ?? null,
    };
    return shown(given, await given.client().createKey(key));
  },
  async rotate(given) {
    const overlapSeconds = overlapOf(given);
    return shown(given, await given.client().rotateKey(idOf(given), { overlapSeconds }));
  },
  async revoke(given) {
    const key = await given.client().revokeKey(idOf(given));
    given.out.result(key, () => `${given.out.paint("green", "✓")} ${key.id}  is revoked`);
    return exitCodes.done;
  },
};

/** On stdout the key alone, so that a script can take it; what is to be known of it beside. */
function shown({ out }: Given, made: ShownKey): ExitCode {
  out.result(made, () => made.key);
  if (!out.json)
    out.note(`${out.paint("yellow", "!")} This is the only time that it is shown. Its id is ${made.id}.`);
  return exitCodes.done;
}

function idOf({ words }: Given): string {
  const [id] = words;
  if (id) return id;
  throw new BadUsage("Name the key by its id; redrive keys lists them.");
}

function overlapOf(given: Given): number {
  const text = textOf(given, "overlap") ?? "86400";
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 0) return seconds;
  throw new BadUsage(`--overlap: must be whole seconds, not ${text}.`);
}
