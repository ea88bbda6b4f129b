// A message's content in the form that its channel's adapter takes.
import { type Channel, recipientsOf } from "#lib/contract/channel.ts";
import { WebhookMessage } from "#lib/contract/message.ts";
import type { AlertToTell, GroupToTell, MessageContent } from "#lib/core/message-content.ts";
import { emailOf } from "#lib/core/message-email.ts";
import { slackBlocks, slackText } from "#lib/core/message-slack.ts";
import { harmless, plainLine } from "#lib/core/message-text.ts";

/** Where Slack keeps a message: its channel's id and its ts. */
export type SlackPlace = { channel: string; ts: string };

/** The one at its place, changed; a new one where it has none. */
export function slackPayload(content: MessageContent, address: string, place: SlackPlace | null) {
  const said = { text: slackText(content), blocks: slackBlocks(content) };
  return place === null
    ? { channel: address, ...said, unfurl_links: false, unfurl_media: false }
    : { method: "chat.update", ...place, ...said };
}

/** @param inReplyTo the record of the first mail about this to the same person. */
export function emailPayload(
  content: MessageContent,
  to: string,
  { recoverLink, inReplyTo }: { recoverLink: string | null; inReplyTo: string | null },
) {
  const mail = emailOf(content, recoverLink);
  return { to, ...mail, ...(inReplyTo === null ? {} : { inReplyTo }) };
}

type Webhook = Pick<WebhookMessage, "messageId" | "event" | "insteadOf" | "recover"> & {
  content: MessageContent;
  group: GroupToTell | null;
  alert: AlertToTell | null;
};

export function webhookPayload({ content, group, alert, ...given }: Webhook): WebhookMessage {
  const { subject, subjectId, severity, title, happened, quote, facts, acts, link } = content;
  return WebhookMessage.parse({
    kind: "redrive.message",
    ...given,
    subject,
    subjectId,
    severity,
    title: harmless(title),
    happened: harmless(happened),
    quote: quote === null ? null : harmless(quote),
    facts: facts.map(({ name, value }) => ({ name, value: plainLine(value) })),
    acts: acts.map(plainLine),
    link,
    failures: group && { ...group, firstAt: group.openedAt },
    alert,
  } satisfies { [name in keyof WebhookMessage]: unknown });
}

/** A test of a channel, one payload for each record that it takes. */
export function testPayloads(
  { kind, address }: Pick<Channel, "kind" | "address">,
  content: MessageContent,
  messageId: string,
): unknown[] {
  switch (kind) {
    case "slack":
      return [slackPayload(content, address, null)];
    case "email":
      return recipientsOf(address).map((to) =>
        emailPayload(content, to, { recoverLink: null, inReplyTo: null }),
      );
    case "webhook": {
      const given = { messageId, event: "test" as const, insteadOf: null, recover: null };
      return [webhookPayload({ ...given, content, group: null, alert: null })];
    }
  }
}
