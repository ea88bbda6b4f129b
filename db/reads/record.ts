// One record, whole: how it stands, its payload, its failure, its timeline.
import { asc, eq, getTableColumns } from "drizzle-orm";
import type { z } from "zod";
import type { Db } from "#db/client.ts";
import { readRecordSummaries } from "#db/reads/record-summaries.ts";
import { iso } from "#db/reads/time.ts";
import { events, failures, outbox, providers } from "#db/schema.ts";
import { revisions, teams } from "#db/schema-desk.ts";
import type { RecordDetail, TimelineEvent } from "#lib/contract/record.ts";
import { isOwnMessage } from "#lib/core/desk.ts";

type Json = z.infer<ReturnType<typeof z.json>>;

/** Null when there is no such record. Without `payload` its values, and those of answers, are masked. */
export async function readRecord(
  db: Db,
  id: string,
  { payload: mayReadPayload }: { payload: boolean },
): Promise<RecordDetail | null> {
  const [[summary], [record], [failure], timeline, corrected] = await Promise.all([
    readRecordSummaries(db, [id]),
    db
      .select({
        payload: outbox.payload,
        orderingKey: outbox.orderingKey,
        dedupeKey: outbox.dedupeKey,
        policy: providers.policy,
      })
      .from(outbox)
      .innerJoin(providers, eq(providers.slug, outbox.provider))
      .where(eq(outbox.id, id)),
    db
      .select({ ...getTableColumns(failures), teamName: teams.name, teamKind: teams.kind })
      .from(failures)
      .leftJoin(teams, eq(teams.slug, failures.team))
      .where(eq(failures.recordId, id)),
    db.select().from(events).where(eq(events.recordId, id)).orderBy(asc(events.at)),
    db.select().from(revisions).where(eq(revisions.recordId, id)).orderBy(asc(revisions.nth)),
  ]);
  if (!summary || !record) return null;
  const open = isOwnMessage(summary.type) ? withoutTokens : (value: Json) => value;
  const shown = (payload: unknown): Json =>
    mayReadPayload ? open(payload as Json) : masked(payload as Json);
  return {
    ...summary,
    providerName: record.policy.name,
    payload: shown(corrected.at(-1)?.payload ?? record.payload),
    payloadHidden: !mayReadPayload,
    revisions: [
      { nth: 0, payload: shown(record.payload), at: summary.createdAt, by: null, reason: null },
      ...corrected.map(({ nth, payload, at, by, reason }) => ({
        nth,
        payload: shown(payload),
        at: iso(at),
        by,
        reason,
      })),
    ],
    orderingKey: record.orderingKey,
    dedupeKey: record.dedupeKey,
    skippedBy: failure?.skippedBy ?? null,
    failure: failure
      ? {
          category: failure.category,
          team: failure.team,
          teamName: failure.teamName ?? failure.team,
          teamKind: failure.teamKind ?? "technical",
          outcome: failure.outcome,
          statusCode: failure.statusCode,
          failedAt: iso(failure.failedAt),
          fingerprint: failure.fingerprint,
          assignee: failure.assignee,
        }
      : null,
    events: timeline.map((event) => eventOf(event, open, mayReadPayload)),
  };
}

function eventOf(
  event: typeof events.$inferSelect,
  open: (value: Json) => Json,
  mayReadPayload: boolean,
): TimelineEvent {
  const { at, kind, attempt, outcome, status, durationMs, actor, reason } = event;
  const detail = open((event.detail ?? {}) as Json) as Record<string, Json>;
  return {
    at: iso(at),
    kind,
    attempt,
    outcome,
    status,
    durationMs,
    actor,
    reason,
    detail: mayReadPayload ? detail : withoutValues(detail),
  };
}

/** Members that may repeat the payload: the answer, what would have been sent, where an adapter broke on it. */
const repeating = ["body", "response", "request", "stack"];

const withoutValues = (detail: Record<string, Json>): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(detail).map(([name, value]) => [
      name,
      name === "changes"
        ? withoutChanged(value)
        : repeating.includes(name) && value !== null
          ? masked(value)
          : value,
    ]),
  );

/**
 * A link that was sent to somebody is theirs: whoever reads the message's record must not act by it. An answer may repeat
 * it with each `/` as `\/`.
 */
const withoutTokens = (value: Json): Json =>
  JSON.parse(JSON.stringify(value).replace(/(\/(?:recover|recoveries)\\*\/)[\w-]{43}/g, "$1•••"));

/** What was changed in a payload: the places stay. */
const withoutChanged = (changes: Json): Json =>
  Array.isArray(changes)
    ? changes.map((change) =>
        change !== null && typeof change === "object" && !Array.isArray(change)
          ? { ...(masked(change) as Record<string, Json>), path: change.path ?? null }
          : masked(change),
      )
    : masked(changes);

/** The shape without the values. */
function masked(value: Json): Json {
  if (Array.isArray(value)) return value.map(masked);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, masked(member)]));
  }
  return "•••";
}
