// A new source of webhooks, its secrets sealed.
import type { TransactionSql } from "#db/client.ts";
import { audit } from "#db/writes/audit.ts";
import type { Secrets } from "#db/writes/create-provider.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { ChangedInboundSource, CreateInboundSource } from "#lib/contract/inbound.ts";
import { contentProblems, optionProblems, secretProblems } from "#lib/contract/inbound-problems.ts";

/** Where the sender of a source posts to. */
export const inboundPath = (slug: string): string => `/api/v1/inbound/${slug}`;

/** @throws Refused when the slug is taken, there is no such provider, or fields do not fit each other. */
export async function createInboundSource(
  sql: AnySql,
  source: CreateInboundSource,
  { actor }: Pick<Actor, "actor">,
  { seal }: Pick<Secrets, "seal">,
): Promise<ChangedInboundSource> {
  const { slug, kind, provider, secrets, options, mapping, enabled, bytesMax, name = slug } = source;
  refuseProblems([
    ...optionProblems(kind, options),
    ...contentProblems(options),
    ...secretProblems(kind, secrets),
  ]);
  const sealed = seal(slug, JSON.stringify(secrets));
  return inTransaction(sql, async (sql) => {
    await refuseUnknownProvider(sql, provider);
    const [made] = await sql<{ version: number }[]>`
      insert into redrive.inbound_sources
        (slug, name, kind, provider, options, sealed_secrets, secrets, mapping, is_enabled, bytes_max, updated_at, updated_by)
      values (
        ${slug}, ${name}, ${kind}, ${provider}, ${JSON.stringify(options)}::text::jsonb, ${sealed},
        ${JSON.stringify(secretFacts(secrets))}::text::jsonb, ${JSON.stringify(mapping)}::text::jsonb, ${enabled},
        ${bytesMax}, clock_timestamp(), ${actor}
      )
      on conflict (slug) do nothing
      returning version`;
    if (!made) throw new Refused("conflict", `A source "${slug}" exists already; choose another slug.`);
    await audit(sql, {
      actor,
      action: "inbound_source.created",
      subjectKind: "inbound_source",
      subjectId: slug,
      detail: { name, kind, provider, options, mapping, enabled, bytesMax },
    });
    return { slug, path: inboundPath(slug), ...made };
  });
}

type Fact = { addedAt: string; until: string | null };

/** What may be shown of secrets that are new. */
export const secretFacts = (secrets: CreateInboundSource["secrets"]): Fact[] =>
  secrets.map(({ until }) => ({ addedAt: new Date().toISOString(), until: utc(until) }));

const utc = (time: string | null): string | null => (time === null ? null : new Date(time).toISOString());

/** @throws Refused `invalid_input` naming each of them. */
export function refuseProblems(errors: { field: string; message: string }[]): void {
  if (errors.length === 0) return;
  const detail = errors.map(({ field, message }) => `${field}: ${message}.`).join(" ");
  throw new Refused("invalid_input", detail, { errors });
}

export async function refuseUnknownProvider(sql: TransactionSql, provider: string): Promise<void> {
  const [known] = await sql`select from redrive.providers where slug = ${provider}`;
  if (known) return;
  refuseProblems([{ field: "provider", message: `there is no provider "${provider}"; mend its name` }]);
}
