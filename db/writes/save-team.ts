// Teams and the rules that give them failures. A change holds for what fails from now on; what is there stays where it is.
import type { TransactionSql } from "#db/client.ts";
import { audit } from "#db/writes/audit.ts";
import { hint } from "#db/writes/hint.ts";
import { need } from "#db/writes/record-acts.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { CreateTeam, PatchTeam, Team, TeamRule } from "#lib/contract/team.ts";
import { builtInTeams } from "#lib/core/status.ts";

/** @throws Refused when the slug is taken, a rule names an unknown provider, or the actor may not. */
export async function createTeam(sql: AnySql, team: CreateTeam, by: Actor): Promise<Team> {
  return inTransaction(sql, async (sql) => {
    need(by, "manage_desk");
    const { slug, name, kind, position, rules } = team;
    const made = await sql`
      insert into redrive.teams (slug, name, kind, position) values (${slug}, ${name}, ${kind}, ${position})
      on conflict (slug) do nothing
      returning slug`;
    if (made.length === 0)
      throw new Refused("conflict", `A team "${slug}" exists already; choose another slug.`);
    await saveRules(sql, slug, position, rules);
    await note(sql, by, "team.created", slug, { ...team });
    return { ...team, builtIn: false };
  });
}

/**
 * What is left out stays; `rules` are given as a whole.
 *
 * @throws Refused when there is no such team, a built-in one would change its kind, a rule names an unknown provider, or
 * the actor may not.
 */
export async function patchTeam(
  sql: AnySql,
  { slug, patch }: { slug: string; patch: PatchTeam },
  by: Actor,
): Promise<Team> {
  return inTransaction(sql, async (sql) => {
    need(by, "manage_desk");
    const [was] = await sql<Pick<Team, "name" | "kind" | "position">[]>`
      select name, kind, position from redrive.teams where slug = ${slug} for update`;
    if (!was) throw noTeam(slug);
    const { rules: newRules, ...settings } = patch;
    const team = { ...was, ...settings };
    if (isBuiltIn(slug) && team.kind !== was.kind)
      throw wrong(
        "kind",
        `of the built-in team ${slug} stays ${was.kind}; make a team of your own for the other`,
      );
    await sql`
      update redrive.teams
      set name = ${team.name}, kind = ${team.kind}, position = ${team.position}
      where slug = ${slug}`;
    const rules = newRules ?? (await rulesOf(sql, slug));
    await saveRules(sql, slug, team.position, rules);
    await note(sql, by, "team.changed", slug, { before: was, patch });
    return { slug, ...team, rules, builtIn: isBuiltIn(slug) };
  });
}

/** @throws Refused when there is no such team, it is built in, it has open failures, a rule names it, or the actor may not. */
export async function deleteTeam(sql: AnySql, slug: string, by: Actor): Promise<void> {
  await inTransaction(sql, async (sql) => {
    need(by, "manage_desk");
    if (isBuiltIn(slug))
      throw new Refused("conflict", `The team ${slug} is built in: failures that fit no rule go there.`);
    const gone = await sql`delete from redrive.teams where slug = ${slug} returning slug`;
    if (gone.length === 0) throw noTeam(slug);
    const [has] = await sql<{ failures: boolean }[]>`
      select exists (select from redrive.failures where team = ${slug} and state = 'open')
        or exists (select from redrive.failure_groups where team = ${slug} and resolved_at is null and open_records > 0)
        as failures`;
    if (has?.failures)
      throw new Refused("conflict", `The team ${slug} has open failures. Move them to another team first.`);
    const named = await sql<{ slug: string }[]>`
      select slug from redrive.providers
      where policy -> 'rules' @> jsonb_build_array(jsonb_build_object('team', ${slug}::text))
      order by slug`;
    if (named.length > 0) {
      const names = named.map((provider) => provider.slug).join(", ");
      throw new Refused(
        "conflict",
        `Rules of ${names} give failures to the team ${slug}. Change them first.`,
      );
    }
    await note(sql, by, "team.deleted", slug, {});
  });
}

const isBuiltIn = (slug: string): boolean => builtInTeams.some((builtIn) => builtIn === slug);

const rulesOf = (sql: TransactionSql, slug: string) => sql<TeamRule[]>`
  select provider, type, category, status_code, contains
  from redrive.team_rules
  where team = ${slug}
  order by position, id`;

/** Rules are asked in the order of their teams, and within one as they are given. */
async function saveRules(sql: TransactionSql, team: string, position: number, rules: readonly TeamRule[]) {
  await refuseUnknownProviders(sql, rules);
  await sql`delete from redrive.team_rules where team = ${team}`;
  for (const { provider, type, category, statusCode, contains } of rules) {
    await sql`
      insert into redrive.team_rules (position, team, provider, type, category, status_code, contains)
      values (${position}, ${team}, ${provider}, ${type}, ${category}, ${statusCode}, ${contains})`;
  }
}

async function refuseUnknownProviders(sql: TransactionSql, rules: readonly TeamRule[]): Promise<void> {
  const named = rules.map(({ provider }) => provider).filter((provider) => provider !== null);
  const known = await sql<{ slug: string }[]>`
    select slug from redrive.providers where slug = any (${named}::text[])`;
  const errors = rules.flatMap(({ provider }, index) =>
    provider === null || known.some(({ slug }) => slug === provider)
      ? []
      : [
          {
            field: `rules.${index}.provider`,
            message: `there is no provider "${provider}"; create it first`,
          },
        ],
  );
  if (errors.length === 0) return;
  const detail = errors.map(({ field, message }) => `${field}: ${message}.`).join(" ");
  throw new Refused("invalid_input", detail, { errors });
}

async function note(
  sql: TransactionSql,
  { actor }: Actor,
  action: string,
  slug: string,
  detail: Record<string, unknown>,
): Promise<void> {
  await audit(sql, { actor, action, subjectKind: "team", subjectId: slug, detail });
  await hint(sql, { topic: "failures" });
}

const noTeam = (slug: string): Refused => new Refused("not_found", `There is no team "${slug}".`);
const wrong = (field: string, message: string): Refused =>
  new Refused("invalid_input", `${field}: ${message}.`, { errors: [{ field, message }] });
