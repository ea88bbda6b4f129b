// A message's newest text, put on its way as a record of the outbox, in the transaction that notes it.
import { enqueueRecord } from "#db/writes/enqueue-record.ts";
import { rejectRecord } from "#db/writes/reject-record.ts";
import type { AnySql } from "#db/writes/transaction.ts";
import { type MessageSubject, toldTask } from "#lib/core/desk.ts";

type NewMessage = { subject: MessageSubject; subjectId: string; channel: string; insteadOf: string | null };

/** @returns the message's id; null when the channel has one about this already. */
export async function openMessage(
  sql: AnySql,
  { subject, subjectId, channel, insteadOf }: NewMessage,
): Promise<string | null> {
  const [message] = await sql<{ id: string }[]>`
    insert into redrive.messages (subject, subject_id, channel, instead_of, created_at)
    values (${subject}, ${subjectId}, ${channel}, ${insteadOf}, clock_timestamp())
    on conflict (subject, subject_id, channel) do nothing
    returning id`;
  return message?.id ?? null;
}

export type Text = {
  /** What the record is called, for people. */
  title: string;
  payload: unknown;
};

type Telling = {
  messageId: string;
  provider: string;
  type: string;
  /** One record each; what becomes of the first is what becomes of the message. */
  texts: readonly [Text, ...Text[]];
  /** The subject's `changed_at` that the text tells of. */
  toldAt: string;
  contentHash: string;
  /** The record that carried the text before; null when this is the first. */
  before: string | null;
};

/**
 * No ordering key: a message has one record under way at most, and one that failed must not hold up the next.
 *
 * @returns the records' ids, in the order of the texts.
 */
export async function sendMessage(
  sql: AnySql,
  { messageId, provider, type, texts, toldAt, contentHash, before }: Telling,
): Promise<string[]> {
  if (before !== null) await closeFailed(sql, before, "A newer text of this message takes its place");
  const ids: string[] = [];
  for (const { title, payload } of texts) {
    const isFirst = ids.length === 0;
    ids.push(
      await enqueueRecord(sql, {
        provider,
        payloadText: JSON.stringify(payload),
        type,
        subject: title,
        correlationId: messageId,
        ...(isFirst ? { onDelivered: toldTask, onFailed: toldTask } : {}),
      }),
    );
  }
  await sql`
    update redrive.messages
    set state = 'sending', record_id = ${ids[0] ?? null}, told_at = ${toldAt}, content_hash = ${contentHash},
      updates = updates + ${before === null ? 0 : 1}
    where id = ${messageId}`;
  return ids;
}

/** Nothing of it is worth a text. */
export async function noteUnsaid(sql: AnySql, messageId: string, toldAt: string): Promise<void> {
  await sql`update redrive.messages set told_at = ${toldAt} where id = ${messageId}`;
}

/** What the receiver's kind needs for the next text of this message. */
export async function notePlace(
  sql: AnySql,
  messageId: string,
  place: Record<string, string>,
): Promise<void> {
  await sql`
    update redrive.messages
    set place = coalesce(place, '{}') || ${JSON.stringify(place)}::text::jsonb
    where id = ${messageId}`;
}

/** A message's record that failed waits for nobody once another has taken its place. */
export async function closeFailed(sql: AnySql, recordId: string, reason: string): Promise<void> {
  const open = await sql`
    select from redrive.failures where record_id = ${recordId} and state = 'open' for update`;
  if (open.length === 0) return;
  await rejectRecord(sql, { id: recordId, reason, code: "obsolete" }, { actor: "Redrive", may: () => true });
}
