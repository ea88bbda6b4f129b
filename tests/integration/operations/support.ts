// Bulk operations for tests: started as the API starts them, and stepped as a worker steps them.
import type { Sql } from "#db/client.ts";
import { createOperation } from "#db/writes/create-operation.ts";
import type { Maker } from "#db/writes/maker.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type Stepped, stepOperation } from "#db/writes/step-operation.ts";
import type { CreateOperation, Operation } from "#lib/contract/bulk.ts";
import { ana } from "#tests/integration/desk/support.ts";

/** An actor who can sign in, with every right. */
export async function aMaker(sql: Sql, { actor, may }: Actor): Promise<Maker> {
  const [, name = "", email = ""] = /^(.*) <(.*)>$/.exec(actor) ?? [];
  const [user] = await sql<{ id: string }[]>`
    insert into redrive.users (email, name, role, password_hash) values (${email}, ${name}, 'admin', 'none')
    on conflict (email) do update set name = excluded.name
    returning id`;
  if (!user) throw new Error("the user was not stored");
  return { kind: "user", id: user.id, actor, may };
}

/** A key with every right, as an actor. */
export async function aKeyMaker(sql: Sql): Promise<Maker> {
  const [key] = await sql<{ id: string }[]>`
    insert into redrive.api_keys (name, key_hash, grants) values ('robot', ${crypto.randomUUID()}, '{admin}')
    returning id`;
  if (!key) throw new Error("the key was not stored");
  return { kind: "key", id: key.id, actor: "key: robot", may: () => true };
}

/** As fast as it can, so that no test waits for a pace; what it is told says otherwise. */
export async function started(
  sql: Sql,
  given: Partial<CreateOperation> & { expected: number },
  by: Actor | Maker = ana,
): Promise<Operation> {
  return createOperation(
    sql,
    {
      action: "retry",
      filter: { provider: "ats" },
      // What failed in this very millisecond too.
      cutoff: new Date(Date.now() + 1_000).toISOString(),
      reason: "they mended it",
      ...(given.action === "reject" ? {} : { rate: 10_000 }),
      ...given,
    },
    "kind" in by ? by : await aMaker(sql, by),
  );
}

/** Steps until nothing is due; a rest or a pace is not waited for but passed over. */
export async function stepAll(sql: Sql): Promise<Stepped[]> {
  const steps: Stepped[] = [];
  for (;;) {
    const stepped = await stepOperation(sql);
    if (stepped !== null) {
      if (stepped.fault !== null) throw stepped.fault;
      steps.push(stepped);
      continue;
    }
    const { count } = await sql`
      update redrive.operations set next_at = clock_timestamp() where state = 'running' and next_at > clock_timestamp()`;
    if (count === 0) return steps;
  }
}

/** How often each record was acted on by people or their operations. */
export async function actsOn(sql: Sql, ids: readonly string[]): Promise<number[]> {
  const rows = await sql<{ acts: number }[]>`
    select count(events.record_id)::int as acts
    from unnest(${ids as string[]}::uuid[]) as given(id)
    left join redrive.events on events.record_id = given.id and events.kind in ('retried', 'rejected')
    group by given.id`;
  return rows.map(({ acts }) => acts);
}

export async function standingOf(sql: Sql, id: string) {
  const [row] = await sql<
    { state: string; acted: number; busy: number; round: number; placeId: string | null }[]
  >`
    select state, acted, busy, round, place_id from redrive.operations where id = ${id}`;
  if (!row) throw new Error(`no operation ${id}`);
  return row;
}
