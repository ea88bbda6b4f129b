// E-mail, by SMTP: one connection for a message, so that a deadline ends it for certain and nothing is sent late.
//
//   connect ─▶ greeting ─▶ STARTTLS? ─▶ AUTH? ─▶ MAIL FROM ─▶ RCPT TO ─▶ DATA ─▶ 250: the mail server has it
//
// Until the server asks for the text nothing can have arrived; after that, an answer that stays away may be a delivery.
import MailComposer from "nodemailer/lib/mail-composer/index.js";
import { z } from "zod";
import type { Outcome } from "#lib/core/outcome.ts";
import { providerWords } from "#lib/core/provider-words.ts";
import {
  BadPayload,
  defineAdapter,
  type Outgoing,
  type Reading,
  type ResponseReply,
} from "#worker/adapters/adapter.ts";
import { sendMail } from "#worker/adapters/smtp.ts";

const oneLine = z.string().regex(/^[^\r\n]*$/, "must be on one line");
const Address = z.union(
  [
    z.email().transform((address) => ({ name: "", address })),
    z.strictObject({ name: oneLine.max(200), address: z.email() }),
  ],
  'must be an e-mail address, or {"name": …, "address": …}',
);
const Addresses = z.union([z.array(Address).min(1).max(100), Address.transform((one) => [one])], {
  error: "must be an e-mail address, or a list of them",
});

const Options = z.strictObject({
  from: Address,
  replyTo: Address.optional(),
  /** Whether the connection must be encrypted before anything is said. Left out: where a password is to be said. */
  requireTls: z.boolean().optional(),
});
type Options = z.infer<typeof Options>;

const Message = z
  .strictObject({
    to: Addresses,
    cc: Addresses.optional(),
    bcc: Addresses.optional(),
    replyTo: Address.optional(),
    subject: oneLine.min(1).max(500),
    text: z.string().optional(),
    html: z.string().optional(),
    /** The record of an earlier message: a reader's program shows both as one conversation. */
    inReplyTo: z.guid("must be the id of the record that carried the earlier message").optional(),
  })
  .refine(({ text, html }) => text !== undefined || html !== undefined, "text or html must be given");

export const email = defineAdapter({
  options: Options,
  create({ policy, options, credentials, allowPrivate }) {
    const { protocol, hostname, port } = new URL(policy.url);
    if (policy.auth.kind !== "none" && policy.auth.kind !== "basic") {
      throw new Error("auth: a mail server takes none or basic");
    }
    const secure = protocol === "smtps:";
    const server = {
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? (secure ? 465 : 587) : Number(port),
      secure,
      requireTls: options.requireTls ?? credentials !== null,
      credentials,
      allowPrivate,
      timeoutMs: policy.timeoutMs,
    };
    return {
      kind: "direct",
      async deliver(record, { nowMs, signal }) {
        const mail = compose(record, options, nowMs);
        return sendMail(server, mail.getEnvelope(), await mail.build(), signal);
      },
      read: readReply,
    };
  },
});

function compose(record: Outgoing, { from, replyTo }: Options, nowMs: number) {
  const { inReplyTo, ...message } = messageIn(record.payload);
  // The same over all attempts: a mail server that has it already may drop the second.
  const messageId = (id: string) => `<${id}@${from.address.replace(/^.*@/, "")}>`;
  return new MailComposer({
    ...message,
    from,
    replyTo: message.replyTo ?? replyTo,
    messageId: messageId(record.id),
    ...(inReplyTo === undefined ? {} : { inReplyTo: messageId(inReplyTo), references: messageId(inReplyTo) }),
    date: new Date(nowMs),
    headers: { "X-Correlation-Id": record.correlationId ?? record.id },
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
}

function messageIn(payload: string): z.infer<typeof Message> {
  const parsed = Message.safeParse(JSON.parse(payload));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join(".");
  throw new BadPayload(`${path ? `${path}: ` : ""}${issue?.message ?? "is not a message"}`);
}

function readReply({ status, headers, body }: ResponseReply): Reading {
  const command = headers["smtp-command"] ?? "";
  const outcome = meaningOf(status, command);
  if (outcome === "delivered") return { outcome };
  const words = providerWords(body.replace(/^\d{3}[ -]/, "")) ?? "no explanation given";
  // CONN is the greeting, which answers no command.
  return { outcome, error: `${status}${command === "CONN" ? "" : ` to ${command}`}: ${words}` };
}

/** A refusal is the record's only where the server had looked at it: at its recipients, or its text. */
function meaningOf(status: number, command: string): Outcome {
  if (status >= 200 && status <= 299) return "delivered";
  // No room, or too many at once.
  if (status === 452) return "throttled";
  if (status >= 400 && status <= 499) return "unavailable";
  if (status < 500 || status > 599) return "unexpected";
  if ([530, 534, 535, 538].includes(status) || command.startsWith("AUTH")) return "unauthorized";
  if (status === 552 || command === "RCPT TO" || command === "DATA") return "invalid";
  // Who may send as this sender is between us and the server.
  return command === "MAIL FROM" ? "unauthorized" : "unavailable";
}
