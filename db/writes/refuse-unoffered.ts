// A policy may name code of the application. Where workers live and none of them has it, the name is wrong, or the worker that
// has it is not started: both are better said now than by a provider that stands still.
import { Refused } from "#db/writes/refused.ts";
import type { AnySql } from "#db/writes/transaction.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { adapterSchemes } from "#lib/core/adapter-names.ts";

type Kind = "adapters" | "handlers" | "schedules";
type Named = { field: string; kind: Kind; name: string };

/** @throws Refused naming the field, and what there is. */
export async function refuseUnoffered(sql: AnySql, policy: ProviderPolicy): Promise<void> {
  const named = namedBy(policy);
  if (named.length === 0) return;
  const workers = await sql<{ offers: Partial<Record<Kind, string[]>> }[]>`
    select offers from redrive.workers where seen_at > now() - interval '30 seconds'`;
  if (workers.length === 0) return;
  const offered = (kind: Kind) => new Set(workers.flatMap(({ offers }) => offers[kind] ?? []));
  const errors = named
    .filter(({ kind, name }) => !offered(kind).has(name))
    .map(({ field, kind, name }) => ({ field, message: wordsFor(name, [...offered(kind)]) }));
  if (errors.length === 0) return;
  throw new Refused("invalid_input", errors.map(({ field, message }) => `${field}: ${message}.`).join(" "), {
    errors,
  });
}

function wordsFor(name: string, known: string[]): string {
  const there = known.length === 0 ? "none is registered" : `registered are ${known.sort().join(", ")}`;
  return `"${name}" is registered by no worker that lives; ${there}. Mend the name, or start a worker whose REDRIVE_APPLICATION has it`;
}

function namedBy({ adapter, url, schedules }: ProviderPolicy): Named[] {
  const named: Named[] = schedules.map(({ run }, index) => ({
    field: `schedules.${index}.run`,
    kind: "schedules",
    name: run,
  }));
  if (!Object.hasOwn(adapterSchemes, adapter))
    named.push({ field: "adapter", kind: "adapters", name: adapter });
  if (adapter === "handler") named.push({ field: "url", kind: "handlers", name: new URL(url).pathname });
  return named;
}
