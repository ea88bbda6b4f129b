// What a key is kept to, held in one place: before a handler runs it is certain that what it is asked for lies within, and an
// operation that doesn't say how it honours this is closed to such a key. What lies outside does not exist for it.
import { readRecordPlace } from "#db/reads/record-place.ts";
import type { AnySql } from "#db/writes/transaction.ts";
import type { Operation } from "#lib/contract/operation.ts";
import { type Bounds, boundsInWords, isBounded, isWithin } from "#lib/core/key.ts";
import type { Caller } from "#lib/server/caller.ts";
import { Refusal } from "#lib/server/problem.ts";

/** What the caller is kept to; null for one who is not. */
export const boundsOf = (caller: Caller): Bounds | null =>
  caller.kind === "key" && isBounded(caller.bounds) ? caller.bounds : null;

/** @throws Refusal `forbidden` where the operation is not for a caller who is kept to what this one is. */
export function refuseClosed({ within }: Pick<Operation, "within">, caller: Caller): void {
  const bounds = boundsOf(caller);
  if (bounds === null) return;
  if (within === undefined) throw outside(caller, bounds, "it may not do this, which is about everything");
  if (bounds.owner !== null && (within === "providers" || within === "provider"))
    throw outside(caller, bounds, "it may not do this, which is about all owners");
}

type Asked = { params: Record<string, unknown>; input: unknown };

/**
 * Holds a request to what its caller is kept to.
 *
 * @returns the input; a new record has the owner of a key that is kept to one
 * @throws Refusal `not_found` for what is outside, `forbidden` for a new record that would be
 */
export async function holdWithin(
  operation: Pick<Operation, "within">,
  caller: Caller,
  { params, input }: Asked,
  sql: AnySql,
): Promise<unknown> {
  const bounds = boundsOf(caller);
  if (bounds === null) return input;
  switch (operation.within) {
    case undefined:
    case "records":
    case "providers":
      return input;
    case "provider":
      refuseOtherProvider(bounds, String(params.slug));
      return input;
    case "record":
      await refuseOtherRecord(bounds, String(params.id), sql);
      return input;
    case "new_record":
      return newRecordWithin(caller, bounds, input as NewRecord);
  }
}

const outside = (
  { name }: Caller,
  bounds: Bounds,
  so: string,
  errors?: { field: string; message: string }[],
): Refusal =>
  new Refusal(
    "forbidden",
    `The key "${name}" is kept to ${boundsInWords(bounds)}: ${so}.`,
    errors && { errors },
  );

function refuseOtherProvider({ providers }: Bounds, slug: string): void {
  if (providers === null || providers.includes(slug)) return;
  throw new Refusal("not_found", `There is no provider "${slug}".`);
}

async function refuseOtherRecord(bounds: Bounds, id: string, sql: AnySql): Promise<void> {
  const place = await readRecordPlace(sql, id);
  if (!place || !isWithin(bounds, place)) throw new Refusal("not_found", `There is no record ${id}.`);
}

type NewRecord = { provider: string; owner?: string };

function newRecordWithin(caller: Caller, bounds: Bounds, record: NewRecord): NewRecord {
  const given = bounds.owner === null ? record : { ...record, owner: record.owner ?? bounds.owner };
  if (isWithin(bounds, { provider: given.provider, owner: given.owner ?? null })) return given;
  // It names the field, so that a program can tell a record that is not for this key from a key that may enqueue nothing.
  throw outside(caller, bounds, "it may enqueue for nothing else", strayFields(bounds, given));
}

function strayFields({ providers, owner }: Bounds, record: NewRecord): { field: string; message: string }[] {
  const isOtherProvider = providers !== null && !providers.includes(record.provider);
  const isOtherOwner = owner !== null && record.owner !== owner;
  return [
    ...(isOtherProvider ? [{ field: "provider", message: `must be one of ${providers.join(", ")}` }] : []),
    ...(isOtherOwner ? [{ field: "owner", message: `must be ${owner}, or left out` }] : []),
  ];
}

/**
 * Holds an answer too: a list that its handler forgot to narrow is an error of ours and goes to nobody, and a record of
 * another's that has the same idempotency key is not told.
 */
export async function holdAnswerWithin(
  { id, within }: Pick<Operation, "id" | "within">,
  caller: Caller,
  answer: unknown,
  sql: AnySql,
): Promise<void> {
  const bounds = boundsOf(caller);
  if (bounds === null) return;
  if (within === "records" || within === "providers") {
    const { items } = answer as { items: { provider?: string; slug: string; owner?: string | null }[] };
    const strange = items.some(
      ({ provider, slug, owner = null }) => !isWithin(bounds, { provider: provider ?? slug, owner }),
    );
    // A bug of ours, which ends in a 500 and a line in the log.
    if (strange) throw new Error(`${id} answers what lies outside of what its caller is kept to`);
  }
  if (within === "new_record") {
    const place = await readRecordPlace(sql, (answer as { id: string }).id);
    if (!place || !isWithin(bounds, place))
      throw new Refusal("conflict", "This idempotencyKey was used for another record; choose another.");
  }
}
