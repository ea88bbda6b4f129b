// `redrive providers`: how each stands, what it is, and what a person does about it.

import { type Acts, type Command, type Given, textOf } from "#cli/command.ts";
import { type ExitCode, exitCodes } from "#cli/exit-codes.ts";
import { BadUsage } from "#cli/failing.ts";
import type { Colour, Column } from "#cli/output.ts";
import type { ProviderAct, ProviderSummary } from "#clients/client.ts";

const colours: Record<ProviderSummary["state"]["breaker"], Colour> = {
  closed: "green",
  half_open: "yellow",
  open: "red",
};

const columns: Column<ProviderSummary>[] = [
  { name: "PROVIDER", text: ({ slug }) => slug, colour: () => "cyan" },
  {
    name: "BREAKER",
    text: ({ state }) => state.breaker,
    colour: ({ state }) => colours[state.breaker],
  },
  { name: "HOLD", text: ({ state }) => state.hold, colour: ({ state }) => (state.hold ? "yellow" : null) },
  { name: "BATCH", text: ({ state, batchSizeMax }) => `${state.batchSize}/${batchSizeMax}` },
  { name: "WAITING", text: ({ state }) => state.waiting + state.retrying + state.held },
  { name: "FAILED", text: ({ state }) => state.failed, colour: ({ state }) => (state.failed ? "red" : null) },
  { name: "A MINUTE", text: ({ deliveredPerMinute }) => deliveredPerMinute },
  { name: "P95 MS", text: ({ p95Ms }) => p95Ms },
];

const acts: Acts = {
  list: {
    reads: true,
    async run({ client, out, ending }) {
      const { items } = await client().listProviders({}, { signal: ending });
      out.table(
        items.filter(({ builtIn }) => !builtIn),
        columns,
        "There are no providers yet: redrive providers create SLUG ADDRESS makes one.",
      );
      return exitCodes.done;
    },
  },
  show: {
    words: 1,
    reads: true,
    async run(given) {
      const provider = await given.client().getProvider(slugOf(given), { signal: given.ending });
      given.out.result(provider, () => JSON.stringify(provider, null, 2));
      return exitCodes.done;
    },
  },
  create: {
    words: 3,
    async run(given) {
      const [, url, policy] = given.words;
      const slug = slugOf(given);
      if (!url)
        throw new BadUsage(
          `providers create ${slug}: say where its records go, like https://ats.example/results.`,
        );
      const made = await given.client().createProvider({ ...policyOf(policy ?? "{}"), slug, url });
      given.out.result(
        made,
        () => `${given.out.paint("green", "✓")} ${made.slug}  gets its records at ${made.url}`,
      );
      return exitCodes.done;
    },
  },
  set: {
    words: 2,
    async run(given) {
      const [, policy] = given.words;
      const slug = slugOf(given);
      if (!policy) throw new BadUsage(`providers set ${slug}: say what changes, like '{"batchSizeMax": 3}'.`);
      const changed = await given.client().patchProvider(slug, policyOf(policy));
      given.out.result(
        changed,
        () => `${given.out.paint("green", "✓")} ${slug}  is at version ${changed.version}`,
      );
      return exitCodes.done;
    },
  },
  pause: {
    words: 1,
    options: ["reason", "until"],
    async run(given) {
      const reason = textOf(given, "reason");
      if (!reason?.trim()) throw new BadUsage("--reason: say why, for the next person who looks.");
      return told(
        given,
        await given.client().pauseProvider(slugOf(given), { reason, until: textOf(given, "until") }),
      );
    },
  },
  resume: {
    words: 1,
    options: ["reason"],
    run: async (given) =>
      told(given, await given.client().resumeProvider(slugOf(given), { reason: textOf(given, "reason") })),
  },
  probe: {
    words: 1,
    options: ["reason"],
    run: async (given) =>
      told(given, await given.client().probeProvider(slugOf(given), { reason: textOf(given, "reason") })),
  },
};

export const providers: Command = {
  summary: "list providers, make and change them, hold and test them",
  usage: "[show|create|set|pause|resume|probe …]",
  help: `  providers                                  how each stands
  providers show SLUG                        one, with its policy
  providers create SLUG ADDRESS [POLICY]     a new one; POLICY is JSON, like '{"batchSizeMax": 3}'
  providers set SLUG POLICY                  changes what POLICY names
  providers pause SLUG --reason TEXT [--until TIME]
  providers resume SLUG [--reason TEXT]
  providers probe SLUG [--reason TEXT]       tests an open breaker now`,
  options: { reason: { type: "string" }, until: { type: "string" } },
  acts,
};

function told({ out }: Given, provider: ProviderAct): ExitCode {
  const { slug, breaker, hold, holdUntil } = provider;
  const held = hold === null ? "nothing holds it" : `hold ${hold}${holdUntil ? ` until ${holdUntil}` : ""}`;
  out.result(provider, () => `${out.paint("green", "✓")} ${slug}  breaker ${breaker}, ${held}`);
  return exitCodes.done;
}

function slugOf({ words }: Given): string {
  const [slug] = words;
  if (slug) return slug;
  throw new BadUsage("Name the provider by its slug, like ats; redrive providers lists them.");
}

/** Checked by the API, which knows what a policy is. */
function policyOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, as for what is JSON and no object.
  }
  throw new BadUsage("The policy must be a JSON object, like '{\"batchSizeMax\": 3}'.");
}
