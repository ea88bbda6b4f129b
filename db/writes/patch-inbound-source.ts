// Changes a source of webhooks, one version at a time. Secrets that are not given stay as they are stored.
import { audit } from "#db/writes/audit.ts";
import {
  inboundPath,
  refuseProblems,
  refuseUnknownProvider,
  secretFacts,
} from "#db/writes/create-inbound-source.ts";
import type { Secrets } from "#db/writes/create-provider.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import { wrongVersion } from "#db/writes/wrong-version.ts";
import {
  type ChangedInboundSource,
  type CreateInboundSource,
  type PatchInboundSource,
  secretsMax,
} from "#lib/contract/inbound.ts";
import { contentProblems, optionProblems, secretProblems } from "#lib/contract/inbound-problems.ts";
import type { InboundKind } from "#lib/core/inbound/kinds.ts";

type Change = { slug: string; patch: PatchInboundSource; ifVersion: number | null };

type Fact = { addedAt: string; until: string | null };

type Row = Pick<CreateInboundSource, "provider" | "options" | "mapping" | "enabled" | "bytesMax"> & {
  name: string;
  kind: InboundKind;
  sealedSecrets: string;
  secrets: Fact[];
  version: number;
  updatedAt: string;
  updatedBy: string;
};

type Kept = { sealedSecrets: string; secrets: Fact[] };

/** @throws Refused when there is no such source, its version is another, or the whole does not fit together. */
export async function patchInboundSource(
  sql: AnySql,
  { slug, patch: { secrets, rotate, ...patch }, ifVersion }: Change,
  { actor }: Pick<Actor, "actor">,
  sealing: Secrets,
): Promise<ChangedInboundSource> {
  return inTransaction(sql, async (sql) => {
    const [row] = await sql<Row[]>`
      select name, kind, provider, options, mapping, is_enabled as enabled, bytes_max, sealed_secrets, secrets, version,
        updated_at, updated_by
      from redrive.inbound_sources
      where slug = ${slug}
      for update`;
    if (!row) throw noSource(slug);
    if (ifVersion !== null && ifVersion !== row.version) throw wrongVersion("source", row);
    const { name, kind, provider, options, mapping, enabled, bytesMax } = row;
    const before = { name, provider, options, mapping, enabled, bytesMax };
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    const after: typeof before = { ...before, ...given };
    refuseProblems([...optionProblems(kind, after.options), ...contentProblems(after.options, options)]);
    if (after.provider !== provider) await refuseUnknownProvider(sql, after.provider);
    const kept = secrets
      ? replaced(slug, kind, secrets, sealing)
      : rotate
        ? rotated(slug, row, rotate, sealing)
        : null;
    if (kept === null && JSON.stringify(before) === JSON.stringify(after))
      return { slug, path: inboundPath(slug), version: row.version };
    const now = kept ?? row;
    const [saved] = await sql<{ version: number }[]>`
      update redrive.inbound_sources
      set name = ${after.name}, provider = ${after.provider}, options = ${JSON.stringify(after.options)}::text::jsonb,
        mapping = ${JSON.stringify(after.mapping)}::text::jsonb, is_enabled = ${after.enabled},
        bytes_max = ${after.bytesMax}, sealed_secrets = ${now.sealedSecrets},
        secrets = ${JSON.stringify(now.secrets)}::text::jsonb, version = version + 1, updated_at = clock_timestamp(),
        updated_by = ${actor}
      where slug = ${slug}
      returning version`;
    if (!saved) throw noSource(slug);
    const how = secrets ? "replaced" : rotate ? "rotated" : "as they were";
    await audit(sql, {
      actor,
      action: "inbound_source.changed",
      subjectKind: "inbound_source",
      subjectId: slug,
      detail: { before, after, secrets: how },
    });
    return { slug, path: inboundPath(slug), ...saved };
  });
}

export const noSource = (slug: string): Refused => new Refused("not_found", `There is no source "${slug}".`);

function replaced(
  slug: string,
  kind: InboundKind,
  secrets: CreateInboundSource["secrets"],
  { seal }: Secrets,
): Kept {
  refuseProblems(secretProblems(kind, secrets));
  return { sealedSecrets: seal(slug, JSON.stringify(secrets)), secrets: secretFacts(secrets) };
}

const oneTooMany = {
  field: "rotate.secret",
  message: `can't be added beside ${secretsMax} that count; give all that are to count with secrets, or wait until one ends`,
};

/** The new one first; those that are stored end after the overlap, if not before. What has ended is dropped. */
function rotated(
  slug: string,
  { kind, sealedSecrets, secrets: facts }: Row,
  { secret, overlapSeconds }: NonNullable<PatchInboundSource["rotate"]>,
  { seal, unseal }: Secrets,
): Kept {
  const fresh = [{ secret, until: null }];
  refuseProblems(secretProblems(kind, fresh, "rotate.secret"));
  const nowMs = Date.now();
  const endMs = nowMs + overlapSeconds * 1_000;
  const stored = JSON.parse(unseal(slug, sealedSecrets)) as CreateInboundSource["secrets"];
  const old = stored
    .map((each, nth) => {
      const untilMs = Math.min(endMs, each.until === null ? endMs : Date.parse(each.until));
      return { secret: each.secret, untilMs, addedAt: facts[nth]?.addedAt ?? new Date(nowMs).toISOString() };
    })
    .filter(({ untilMs }) => untilMs > nowMs);
  if (old.length === secretsMax) refuseProblems([oneTooMany]);
  const ending = old.map(({ untilMs, ...each }) => ({ ...each, until: new Date(untilMs).toISOString() }));
  return {
    sealedSecrets: seal(
      slug,
      JSON.stringify([...fresh, ...ending.map(({ secret, until }) => ({ secret, until }))]),
    ),
    secrets: [...secretFacts(fresh), ...ending.map(({ addedAt, until }) => ({ addedAt, until }))],
  };
}
