// What a call that has wholly arrived comes to: a record, or why not. Pure: what it is judged by is given.

import type { InboundRecord } from "#db/writes/store-inbound.ts";
import { inboundKeys } from "#lib/core/desk.ts";
import { type BadBody, type InboundForm, readInboundBody } from "#lib/core/inbound/body.ts";
import { keyOf, mapped } from "#lib/core/inbound/mapping.ts";
import type { RawHeaders } from "#lib/core/inbound/raw-headers.ts";
import { notGenuine } from "#lib/inbound/refusals.ts";
import type { Refusing } from "#lib/inbound/replies.ts";
import type { Source } from "#lib/inbound/sources.ts";

export type Call = { source: Source; headers: RawHeaders; bytes: Buffer; form: InboundForm; nowMs: number };

type Judgement =
  | { kind: "record"; record: InboundRecord }
  /** Slack asks whether the address is ours, and wants its own words back; nothing is to be stored. */
  | { kind: "challenge"; challenge: string }
  /** `why` is for operators, and says more than the caller is told. */
  | { kind: "refused"; refusing: Refusing; why: string };

/** How long the sender's own id may be before its hash stands for it. */
const idMax = 120;
const correlationIdMax = 200;

export function judge({ source, headers, bytes, form, nowMs }: Call): Judgement {
  const { slug, kind, provider, mapping, verify } = source;
  const verdict = verify?.({ headers, body: bytes, nowMs });
  if (verdict?.isGenuine !== true) {
    return { kind: "refused", refusing: notGenuine(kind), why: verdict?.words ?? "its source has no secret" };
  }
  const body = readInboundBody(bytes, form);
  if ("problem" in body) return unfit(body);
  const challenge = kind === "slack" ? challengeIn(body.value) : null;
  if (challenge !== null) return { kind: "challenge", challenge };
  const found = mapped(mapping, headers, body);
  if ("problem" in found) return unfit(found);
  const { senderId, ...columns } = found;
  const record = {
    ...columns,
    provider,
    payloadText: body.text,
    idempotencyKey: senderId === null ? null : `${inboundKeys}${slug}:${keyOf(senderId, idMax)}`,
    correlationId: keyOf(senderId, correlationIdMax),
  };
  return { kind: "record", record };
}

const unfit = ({ problem, isTooLarge = false }: BadBody): Judgement => ({
  kind: "refused",
  refusing: { code: isTooLarge ? "payload_too_large" : "invalid_input", detail: problem },
  why: problem,
});

function challengeIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("type" in value) || !("challenge" in value))
    return null;
  return value.type === "url_verification" && typeof value.challenge === "string" ? value.challenge : null;
}
