// A rule that names a team which is not there would give its failures to the technical one without a word.
import type { TransactionSql } from "#db/client.ts";
import { Refused } from "#db/writes/refused.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";

/** @throws Refused `invalid_input` naming each rule whose team is not there, and the teams that are. */
export async function refuseUnknownTeams(
  sql: TransactionSql,
  { rules }: Pick<ProviderPolicy, "rules">,
): Promise<void> {
  if (rules.every(({ team }) => team === undefined)) return;
  const teams = await sql<
    { slug: string }[]
  >`select slug from redrive.teams order by position, slug for share`;
  const known = teams.map(({ slug }) => slug);
  const errors = rules.flatMap(({ team }, at) =>
    team === undefined || known.includes(team)
      ? []
      : [
          {
            field: `rules.${at}.team`,
            message: `there is no team "${team}"; use one of ${known.join(", ")}`,
          },
        ],
  );
  if (errors.length === 0) return;
  const detail = errors.map(({ field, message }) => `${field}: ${message}.`).join(" ");
  throw new Refused("invalid_input", detail, { errors });
}
