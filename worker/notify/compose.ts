// Composes what people are told: of each failure group and alert that has changed, one message a channel, whose newest text
// rides the outbox to the channel's provider. One worker composes at a time.
//
//   changed ─▶ to whom? ─▶ now? ─▶ says something new? ─▶ record in the outbox ─▶ delivered ─▶ told (worker/notify/told.ts)
import { createHash } from "node:crypto";
import type { Sql, TransactionSql } from "#db/client.ts";
import {
  type ChannelRow,
  isAboutMessages,
  mayStandIn,
  readChannelRows,
  readUntoldAlerts,
  readUntoldGroups,
  type Telling,
  type UntoldAlert,
  type UntoldGroup,
  unheardAfter,
} from "#db/reads/untold.ts";
import { createRecoveryLink } from "#db/writes/create-recovery-link.ts";
import { failUntold } from "#db/writes/note-told.ts";
import { notePlace, noteUnsaid, openMessage, sendMessage, type Text } from "#db/writes/tell.ts";
import { inTransaction } from "#db/writes/transaction.ts";
import { recipientsOf, webhookHolder } from "#lib/contract/channel.ts";
import { emailPayload, slackPayload, webhookPayload } from "#lib/contract/message-payload.ts";
import { messageType, noticeType } from "#lib/core/desk.ts";
import {
  type AlertToTell,
  alertMessage,
  type GroupToTell,
  groupMessage,
  type MessageContent,
} from "#lib/core/message-content.ts";
import { type Pace, paceOf } from "#lib/core/message-pace.ts";
import { fitted } from "#lib/core/message-text.ts";
import type { Log } from "#lib/node/log.ts";

/** @param address the dashboard's own, without a slash at its end. */
export type Composer = { sql: Sql; log: Log; address: string };

/** How long a link in a mail or a webhook's call is good for. */
const linkMs = 3 * 86_400_000;

/** More is told in the next look, a second later: nobody's lock is held for long. */
const mostAtOnce = 200;

/** While a message is out, so often it is asked whether its fallback is to be told. */
const standInMs = 2_000;

/** What one look did, and when the next is worth it, ms from now; null: when something changes. */
export type Look = { told: number; waitMs: number | null };

/** An untold group or alert, whichever. */
type Untold = Telling & { group: GroupToTell | null; alert: AlertToTell | null };

export async function composeMessages({ sql, log, address }: Composer): Promise<Look> {
  const look = await sql.begin(async (sql): Promise<Look> => {
    const [lock] = await sql<{ mine: boolean }[]>`
      select pg_try_advisory_xact_lock(hashtext('redrive.notify')) as mine`;
    // Who has the lock tells all.
    if (!lock?.mine) return { told: 0, waitMs: null };
    const channels = await readChannelRows(sql);
    if (channels.size === 0) return { told: 0, waitMs: null };
    await failUntold(sql, unheardAfter);
    const groups = (await readUntoldGroups(sql)).map(ofGroup);
    const alerts = (await readUntoldAlerts(sql)).map(ofAlert);
    let told = 0;
    let waitMs: number | null = null;
    for (const untold of [...groups, ...alerts]) {
      if (told === mostAtOnce) break;
      // One that can't be told is no other's trouble.
      const pace = await inTransaction(sql, (sql) => tell(sql, untold, channels, address)).catch((error) => {
        log.warn({ err: error, subject: untold.subjectId, channel: untold.channel }, "not told");
        return "never" as const;
      });
      if (pace === "now") told += 1;
      else if (pace !== "never")
        waitMs = Math.min(waitMs ?? Number.POSITIVE_INFINITY, pace.atMs - untold.nowMs);
    }
    if (await mayStandIn(sql)) waitMs = Math.min(waitMs ?? standInMs, standInMs);
    return { told, waitMs };
  });
  return look;
}

const ofGroup = (untold: UntoldGroup): Untold => ({ ...untold, alert: null });
const ofAlert = (untold: UntoldAlert): Untold => ({ ...untold, group: null });

async function tell(
  sql: TransactionSql,
  untold: Untold,
  channels: ReadonlyMap<string, ChannelRow>,
  address: string,
): Promise<Pace> {
  const found = reachable(untold, channels);
  if (found === null) return "never";
  const { channel, insteadOf } = found;
  const { messageId, changedAt } = untold;
  const told = toldOf(untold);
  const pace = paceOf(channel.kind, told, newsOf(untold), untold.nowMs);
  if (pace === "never" && messageId !== null) await noteUnsaid(sql, messageId, changedAt);
  if (pace !== "now") return pace;

  const content = contentOf(untold, {
    address,
    insteadOf: insteadOf === null ? null : (channels.get(insteadOf)?.name ?? insteadOf),
  });
  const contentHash = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  if (messageId !== null && contentHash === untold.contentHash) {
    await noteUnsaid(sql, messageId, changedAt);
    return "never";
  }
  const subject = untold.group === null ? "alert" : "failures";
  const { subjectId } = untold;
  const id = messageId ?? (await openMessage(sql, { subject, subjectId, channel: channel.slug, insteadOf }));
  // It stands there already: two ways have led to one channel.
  if (id === null) return "never";
  const { texts, place } = await textsOf(sql, { id, untold, content, channel, insteadOf, address });
  const records = await sendMessage(sql, {
    messageId: id,
    provider: channel.provider,
    type: untold.group !== null && isAboutMessages(untold.group) ? noticeType : messageType,
    texts,
    toldAt: changedAt,
    contentHash,
    before: untold.recordId,
  });
  await notePlace(sql, id, place(records));
  return "now";
}

/**
 * The channel itself, or the next of its fallbacks where its own provider is what has the trouble: nobody is told by a
 * provider that it can't be reached. Null when that leads nowhere.
 */
function reachable(
  { channel: slug, insteadOf, messageId, group, alert }: Untold,
  channels: ReadonlyMap<string, ChannelRow>,
): { channel: ChannelRow; insteadOf: string | null } | null {
  const troubled = group !== null && isAboutMessages(group) ? group.provider : (alert?.about ?? null);
  const seen = new Set<string>();
  let at = channels.get(slug) ?? null;
  while (messageId === null && at !== null && (at.provider === troubled || !at.enabled)) {
    seen.add(at.slug);
    at = at.fallback === null || seen.has(at.fallback) ? null : (channels.get(at.fallback) ?? null);
  }
  if (at === null) return null;
  return { channel: at, insteadOf: at.slug === slug ? insteadOf : slug };
}

function toldOf(untold: Untold) {
  const { messageId, state, isUnderWay, saidAtMs, updates, place, isChannelNewer } = untold;
  if (messageId === null || state === null) return null;
  const records = place?.records === undefined ? null : Number(place.records);
  return { state, isUnderWay, saidAtMs, updates, records, isChannelNewer };
}

const newsOf = ({ isAct, isResolved, isFailedAgain, isQuiet, group }: Untold) => ({
  isAct,
  isResolved,
  isFailedAgain,
  isQuiet,
  records: group?.records ?? 1,
});

function contentOf(
  { group, alert }: Untold,
  around: { address: string; insteadOf: string | null },
): MessageContent {
  if (group !== null) return groupMessage(group, around);
  if (alert !== null) return alertMessage(alert, around);
  throw new Error("a message is about a failure group or an alert");
}

type ToRender = {
  id: string;
  untold: Untold;
  content: MessageContent;
  channel: ChannelRow;
  insteadOf: string | null;
  address: string;
};
type Rendered = {
  texts: [Text, ...Text[]];
  /** What is kept for the next text, once the records have their ids. */
  place: (records: readonly string[]) => Record<string, string>;
};

async function textsOf(sql: TransactionSql, given: ToRender): Promise<Rendered> {
  const { id, untold, content, channel, insteadOf, address } = given;
  const { group, alert, place } = untold;
  const title = fitted(content.title, 200);
  const records = String(group?.records ?? 1);
  const isOpen = group !== null && content.actions.length > 0;
  switch (channel.kind) {
    case "slack": {
      const at = place?.channel && place.ts ? { channel: place.channel, ts: place.ts } : null;
      return { texts: [{ title, payload: slackPayload(content, channel.address, at) }], place: () => ({}) };
    }
    case "email": {
      const texts: Text[] = [];
      const recipients = recipientsOf(channel.address);
      // A mail for each: whoever acts by its link is written down as whom it was sent to.
      for (const to of recipients) {
        const link = isOpen ? await linkFor(sql, content.subjectId, to) : null;
        const recoverLink = link === null ? null : `${address}/recover/${link.token}`;
        const inReplyTo = place?.[`first:${to}`] ?? null;
        texts.push({ title, payload: emailPayload(content, to, { recoverLink, inReplyTo }) });
      }
      const [first, ...others] = texts;
      if (first === undefined) throw new Error(`the channel ${channel.slug} has no address`);
      return {
        texts: [first, ...others],
        place: (ids) => ({
          records,
          ...Object.fromEntries(
            recipients.map((to, nth) => [`first:${to}`, place?.[`first:${to}`] ?? ids[nth] ?? ""]),
          ),
        }),
      };
    }
    case "webhook": {
      const link = isOpen ? await linkFor(sql, content.subjectId, webhookHolder(channel.slug)) : null;
      const recover = link && {
        url: `${address}/api/v1/recoveries/${link.token}`,
        expiresAt: link.expiresAt,
      };
      const event = untold.isResolved ? "resolved" : untold.recordId === null ? "opened" : "changed";
      const payload = webhookPayload({ messageId: id, event, insteadOf, recover, content, group, alert });
      return { texts: [{ title, payload }], place: () => ({ records }) };
    }
  }
}

const linkFor = (sql: TransactionSql, groupId: string, recipient: string) =>
  createRecoveryLink(sql, { groupId, recipient, expiresInMs: linkMs });
