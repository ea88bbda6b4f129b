// From a record that may go to its result: send → what does it mean → tell the gatekeeper → conclude.
import type { Settled } from "#db/writes/settle.ts";
import type { Outcome } from "#lib/core/outcome.ts";
import type { Reply } from "#lib/core/reply.ts";
import {
  conclude,
  concludeAdapterError,
  concludeBadPayload,
  concludeGivenUp,
  concludeShadowed,
} from "#worker/drain/conclude.ts";
import type { Ended, Flight } from "#worker/drain/flights.ts";
import type { Gatekeeper, Present } from "#worker/drain/gatekeeper.ts";
import { meaningOf } from "#worker/drain/meaning.ts";
import type { ProviderLink, Sent } from "#worker/drain/provider-link.ts";

type Given = {
  provider: string;
  link: ProviderLink;
  gatekeeper: Gatekeeper;
  present: () => Present;
  /** Ends what is out: the worker's grace is over. */
  abort: AbortSignal;
  random: () => number;
};

export async function attempt(flight: Flight, given: Given): Promise<Settled> {
  const { record, span, startedAtMs } = flight;
  const { provider, link, abort, random } = given;
  const sent = await link.send(record, span, startedAtMs, abort);
  const present = given.present();
  const ended: Ended = { record, span, startedAtMs, endedAtMs: present.nowMs };
  switch (sent.kind) {
    case "replied":
      if (abort.aborted && sent.reply.kind !== "response")
        return concludeGivenUp(ended, link.policy, random());
      return concludeReply(flight, ended, sent, given, present);
    case "shadowed":
      given.gatekeeper.notCalled(startedAtMs, present.nowMs);
      return concludeShadowed(ended, sent.request);
    case "bad_payload":
      given.gatekeeper.notCalled(startedAtMs, present.nowMs);
      return concludeBadPayload(provider, ended, sent.message, link.policy);
    case "adapter_error":
      // An answer that its adapter can't read is no good answer: an outage that says 200 must open the breaker.
      if (sent.reply === null) given.gatekeeper.notCalled(startedAtMs, present.nowMs);
      else
        tell(flight, sent.reply, { outcome: "unexpected", retryAfterMs: null, error: null }, given, present);
      return concludeAdapterError(provider, ended, sent);
  }
}

type Meant = { outcome: Outcome; retryAfterMs: number | null; error: string | null };

function tell(
  { record, startedAtMs, generation }: Flight,
  reply: Reply,
  { outcome, retryAfterMs, error }: Meant,
  { gatekeeper }: Pick<Given, "gatekeeper">,
  present: Present,
): void {
  const isProofless = reply.kind === "unauthorized";
  if (isProofless) gatekeeper.notCalled(startedAtMs, present.nowMs);
  gatekeeper.told(
    {
      kind: "replied",
      recordId: record.id,
      startedAtMs,
      generation,
      outcome,
      retryAfterMs,
      // In the reasons of breaker and batch size stands the status alone: a provider's words may name a person.
      error: reply.kind === "response" ? String(reply.status) : error,
      isProofless,
    },
    present,
  );
}

function concludeReply(
  flight: Flight,
  ended: Ended,
  { reply, reading }: Extract<Sent, { kind: "replied" }>,
  given: Given,
  present: Present,
): Settled {
  const { provider, link, gatekeeper, random } = given;
  const classified = meaningOf(reply, reading, link.policy, present.nowMs);
  tell(flight, reply, classified, given, present);
  const { breaker, lastSuccessAtMs } = gatekeeper.view;
  const settled = conclude(
    provider,
    { ...ended, reply, reading, classified },
    { policy: link.policy, breaker, lastSuccessAtMs, random },
  );
  if (settled.failure?.category === "technical") gatekeeper.exhausted(present.nowMs);
  return settled;
}
