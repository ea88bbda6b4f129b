// Which channel is told of what: all routes at once, in place of those that there were. One that was there before stays the
// one that it was, for a route tells only of what comes after it.
import { audit } from "#db/writes/audit.ts";
import { lockChannels } from "#db/writes/channel-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { Route, SaveRoutes } from "#lib/contract/channel.ts";

type Named = { channels: string[]; teams: string[]; providers: string[] };

/** @throws Refused `invalid_input` naming each route that names what is not there, or that stands there twice. */
export async function saveRoutes(
  sql: AnySql,
  { items }: SaveRoutes,
  { actor }: Pick<Actor, "actor">,
): Promise<Route[]> {
  return inTransaction(sql, async (sql) => {
    await lockChannels(sql);
    const [named] = await sql<Named[]>`
      select
        array(select slug from redrive.channels) as channels,
        array(select slug from redrive.teams) as teams,
        array(select slug from redrive.providers) as providers`;
    const errors = items.flatMap((item, index) => problems(item, index, items, named ?? nobody));
    if (errors.length > 0) {
      const detail = errors.map(({ field, message }) => `${field}: ${message}.`).join(" ");
      throw new Refused("invalid_input", detail, { errors });
    }
    const before = await sql<Route[]>`
      select id, subject, channel, team, provider, severity from redrive.routes order by id`;
    const wanted = new Set(items.map(keyOf));
    const gone = before.filter((route) => !wanted.has(keyOf(route)));
    const there = new Set(before.map(keyOf));
    const fresh = items.filter((item) => !there.has(keyOf(item)));
    if (gone.length > 0) {
      await sql`delete from redrive.routes where id = any (${gone.map(({ id }) => id)}::uuid[])`;
    }
    for (const { subject, channel, team, provider, severity } of fresh) {
      await sql`
        insert into redrive.routes (subject, channel, team, provider, severity)
        values (${subject}, ${channel}, ${team}, ${provider}, ${severity})`;
    }
    if (gone.length + fresh.length > 0) {
      await audit(sql, {
        actor,
        action: "routes.changed",
        subjectKind: "routes",
        subjectId: "all",
        detail: { before, after: items },
      });
    }
    return await sql<Route[]>`
      select id, subject, channel, team, provider, severity from redrive.routes order by id`;
  });
}

const nobody: Named = { channels: [], teams: [], providers: [] };
type Item = SaveRoutes["items"][number];

const keyOf = ({ subject, channel, team, provider, severity }: Item): string =>
  JSON.stringify([subject, channel, team, provider, severity]);

function problems(item: Item, index: number, items: readonly Item[], named: Named) {
  const found: { field: string; message: string }[] = [];
  const wrong = (name: keyof Item, message: string) =>
    found.push({ field: `items.${index}.${name}`, message });
  const { subject, channel, team, provider } = item;
  if (!named.channels.includes(channel)) wrong("channel", `there is no channel "${channel}"`);
  if (team !== null && !named.teams.includes(team)) wrong("team", `there is no team "${team}"`);
  if (team !== null && subject === "alert") wrong("team", "must be null: an alert is no team's");
  if (provider !== null && !named.providers.includes(provider)) {
    wrong("provider", `there is no provider "${provider}"`);
  }
  if (items.findIndex((other) => keyOf(other) === keyOf(item)) < index) wrong("channel", "stands here twice");
  return found;
}
