// A repeated `Idempotency-Key` gets the first answer. The key and the act commit together: a request that was answered
// is never run again, one that failed leaves nothing, and one that comes while the first runs waits for it.
import { createHash } from "node:crypto";
import type { TransactionSql } from "#db/client.ts";
import type { Caller } from "#lib/server/caller.ts";
import type { Deps } from "#lib/server/deps.ts";
import { invalid, Refusal } from "#lib/server/problem.ts";

export type Answer = {
  status: number;
  body: unknown;
  /** What of the body is stored; of none null. */
  kept: unknown;
  /** It is the first answer, given again. */
  isRepeated?: boolean;
};

const keyMax = 255;

/** The request's key; null when it has none. */
export function idempotencyKeyOf(request: Request): string | null {
  const key = request.headers.get("idempotency-key")?.trim();
  if (key === undefined) return null;
  if (key === "" || key.length > keyMax)
    throw invalid("Idempotency-Key", `must be 1 to ${keyMax} characters long`);
  return key;
}

type Once = { deps: Deps; caller: Caller; request: Request; text: string; key: string };

/** Runs `act` once for the caller's key, in one transaction with it. */
export async function once(
  { deps, caller, request, text, key }: Once,
  act: (sql: TransactionSql) => Promise<Answer>,
): Promise<Answer> {
  const who = `${caller.kind}:${caller.id}`;
  const url = new URL(request.url);
  const hash = createHash("sha256")
    .update([request.method, url.pathname, url.search, text].join("\n"))
    .digest("hex");
  // The insert of a second request waits here until the first commits, and then finds its answer.
  const answer = await deps.sql.begin(async (sql) => {
    const fresh = await sql`
      insert into redrive.idempotency_keys (caller, key, request_hash) values (${who}, ${key}, ${hash})
      on conflict do nothing
      returning key`;
    if (fresh.length === 0) return firstAnswer(sql, who, key, hash);
    const answer = await act(sql);
    await sql`
      update redrive.idempotency_keys
      set status = ${answer.status}, body = ${JSON.stringify(answer.kept ?? null)}::text::jsonb
      where caller = ${who} and key = ${key}`;
    return answer;
  });
  return answer;
}

async function firstAnswer(sql: TransactionSql, who: string, key: string, hash: string): Promise<Answer> {
  const [first] = await sql<
    { requestHash: string; status: number | null; body: unknown; createdAt: string }[]
  >`
    select request_hash, status, body, created_at from redrive.idempotency_keys where caller = ${who} and key = ${key}`;
  if (first?.status == null || first.requestHash !== hash) {
    throw new Refusal(
      "conflict",
      "This Idempotency-Key was used for another request; use a new key for each.",
      first ? { at: first.createdAt } : {},
    );
  }
  return { status: first.status, body: first.body, kept: first.body, isRepeated: true };
}
