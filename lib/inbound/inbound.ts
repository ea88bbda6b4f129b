// A webhook's way in, one screen: whose address → what is announced → the body, bounded → genuine? → JSON → a record, with
// others in one commit → 202. Never a 2xx for what is not stored; a sender that can mend nothing is told to come again.
import type { IncomingMessage, ServerResponse } from "node:http";
import { readInboundPolicies } from "#db/reads/inbound-policies.ts";
import { countInbound } from "#db/writes/count-inbound.ts";
import { formOf, type InboundForm } from "#lib/core/inbound/body.ts";
import type { InboundKind } from "#lib/core/inbound/kinds.ts";
import { headerOf, onlyHeader } from "#lib/core/inbound/raw-headers.ts";
import { type Arrived, arrivals, discardRest, type Pace, usualPace } from "#lib/inbound/arrival.ts";
import { openConnections } from "#lib/inbound/connections.ts";
import { countCalls } from "#lib/inbound/counts.ts";
import { type GroupLimits, groupCommit, type Stored, usualLimits } from "#lib/inbound/group-commit.ts";
import { type Call, judge } from "#lib/inbound/judgement.ts";
import {
  busy,
  disabled,
  isAboutTheRow,
  nothingHere,
  notStored,
  refusingOf,
  refusingRow,
} from "#lib/inbound/refusals.ts";
import { type Refusing, sayChallenge, sayRefused, sayStored } from "#lib/inbound/replies.ts";
import { readSources, type Source } from "#lib/inbound/sources.ts";
import type { Env } from "#lib/node/env.ts";
import { inboundSecrets } from "#lib/node/inbound-secrets.ts";
import type { Log } from "#lib/node/log.ts";

export type Inbound = {
  /** Takes the request when it is one for us; false: it is somebody else's. */
  handle: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Stores and answers what is here, then lets go of the database. */
  close: () => Promise<void>;
};

type Given = {
  databaseUrl: string;
  env: Env;
  log: Log;
  nowMs?: () => number;
  limits?: Partial<InboundLimits>;
};

export type InboundLimits = GroupLimits & {
  /** Bytes of all calls that are here at once. */
  roomBytes: number;
  pace: Pace;
};

type Whole = Extract<Arrived, { kind: "whole" }>;

const address = "/api/v1/inbound/";

export function openInbound({ databaseUrl, env, log, nowMs = Date.now, limits = {} }: Given): Inbound {
  const { roomBytes = 128 * 1_048_576, pace = usualPace, ...groupLimits } = limits;
  const group = { ...usualLimits, ...groupLimits };
  const { patienceMs, statementsMax } = group;
  const connections = openConnections({ databaseUrl, patienceMs, statementsMax, log });
  const { renew } = connections;
  const sources = readSources({
    read: () => readInboundPolicies(connections.sql()),
    unseal: inboundSecrets(env).unseal,
    log,
    patienceMs,
    onSilence: renew,
  });
  const counts = countCalls((found) => countInbound(connections.sql(), found), log);
  const commits = groupCommit(connections.store, isAboutTheRow, group, renew);
  const arriving = arrivals(roomBytes, pace);

  const refuse = (response: ServerResponse, source: string, refusing: Refusing, why: string) => {
    counts.refused(source, why);
    sayRefused(response, refusing);
  };

  /** Whatever went wrong, the process lives on, and the caller is told to come again. */
  const fail = (request: IncomingMessage, response: ServerResponse, error: unknown) => {
    sayNotStored(log, error);
    sayRefused(response, notStored);
    discardRest(request);
  };

  // By callbacks: ten thousand times a second, promises are felt.
  const take = (request: IncomingMessage, response: ServerResponse) => {
    const slug = request.method === "POST" ? slugIn(request.url ?? "") : null;
    const found = slug === null ? null : sources.find(slug);
    if (!(found instanceof Promise)) return takeFrom(found, request, response);
    // What is known to fail is the read of the sources.
    found
      .then((source) => takeFrom(source, request, response))
      .catch((error: unknown) => fail(request, response, error));
  };

  const takeFrom = (source: Source | null, request: IncomingMessage, response: ServerResponse) => {
    if (!isOpen(source, request, response)) return discardRest(request);
    const announced = announcedIn(request, source);
    if ("code" in announced) {
      refuse(response, source.slug, announced, announced.detail);
      return discardRest(request);
    }
    const { bytesMax } = source;
    const { form, bytes } = announced;
    arriving.take(request, { source: source.slug, bytesMax, bytes }, (arrived) => {
      if (arrived.kind === "gone") return;
      // Called by what has no more callers: an error that is not met here would end the process.
      try {
        if (arrived.kind !== "whole") {
          const refusing = refusingOf(arrived, source);
          refuse(response, source.slug, refusing, refusing.detail);
          return discardRest(request);
        }
        const call = { source, headers: request.rawHeaders, bytes: arrived.body, form, nowMs: nowMs() };
        takeBody(call, arrived, response);
      } catch (error) {
        if (arrived.kind === "whole") arriving.leave(arrived.guest);
        fail(request, response, error);
      }
    });
  };

  /** Whether the source takes calls; where it does not, the caller is answered. */
  const isOpen = (
    source: Source | null,
    request: IncomingMessage,
    response: ServerResponse,
  ): source is Source => {
    if (source === null) {
      sayRefused(response, nothingHere(request));
    } else if (!source.isEnabled) {
      refuse(response, source.slug, disabled, disabled.detail);
    } else if (source.verify === null) {
      counts.notStored(source.slug);
      sayRefused(response, notStored);
    } else return true;
    return false;
  };

  const takeBody = (call: Call, { guest }: Whole, response: ServerResponse): void => {
    const { slug } = call.source;
    const over = () => arriving.leave(guest);
    const found = judge(call);
    if (found.kind === "record") {
      const done = (stored: Stored) => answerStored(response, slug, stored);
      const isIn = commits.add({
        record: found.record,
        bytes: call.bytes.length,
        source: slug,
        done,
        over,
      });
      if (isIn) return;
    }
    over();
    if (found.kind === "challenge") sayChallenge(response, found.challenge);
    else if (found.kind === "record") refuse(response, slug, busy, busy.detail);
    else {
      // Of the address its name alone: what follows it as a query may be a secret.
      log.debug({ source: slug }, `a call was refused: ${found.why}`);
      refuse(response, slug, found.refusing, found.why);
    }
  };

  const answerStored = (response: ServerResponse, slug: string, stored: Stored): void => {
    if (stored.kind === "stored") {
      counts.accepted(slug, stored.duplicate);
      sayStored(response, stored.id, stored.duplicate);
    } else if (stored.kind === "refused") {
      const refusing = refusingRow(stored.error);
      refuse(response, slug, refusing, refusing.detail);
    } else {
      counts.notStored(slug);
      sayNotStored(log, stored.error);
      sayRefused(response, notStored);
    }
  };

  return {
    handle(request, response) {
      if (!request.url?.startsWith(address)) return false;
      try {
        take(request, response);
      } catch (error) {
        fail(request, response, error);
      }
      return true;
    },
    async close() {
      arriving.close();
      await commits.drained();
      await counts.stop();
      await connections.end();
    },
  };
}

function slugIn(url: string): string | null {
  const end = url.indexOf("?");
  const slug = url.slice(address.length, end === -1 ? undefined : end);
  return /^[a-z0-9][a-z0-9_-]{0,62}$/.test(slug) ? slug : null;
}

/** What the headers say of the body: its form and length, or why it is not even read. */
function announcedIn(
  { rawHeaders }: IncomingMessage,
  source: Source,
): { form: InboundForm; bytes: number | null } | Refusing {
  const length = onlyHeader(rawHeaders, "content-length");
  const bytes = length === null ? null : Number(length);
  if (bytes !== null && bytes > source.bytesMax) return refusingOf({ kind: "too_large" }, source);
  const encoding = headerOf(rawHeaders, "content-encoding");
  const isPlain =
    "value" in encoding ? /^\s*(identity)?\s*$/i.test(encoding.value) : encoding.problem === "missing";
  if (!isPlain) {
    return {
      code: "unsupported_media_type",
      detail: "The body is encoded (Content-Encoding); send it as it is, for that is what is signed.",
    };
  }
  const form = formOf(onlyHeader(rawHeaders, "content-type"));
  if (form === "json" || (form === "form" && sendsForms.has(source.kind))) return { form, bytes };
  return {
    code: "unsupported_media_type",
    detail: "Send the body as JSON in UTF-8, with: Content-Type: application/json.",
  };
}

/** Slack's buttons come as a form, and GitHub's calls where nobody chose JSON; what they say is JSON in its field `payload`. */
const sendsForms: ReadonlySet<InboundKind> = new Set(["slack", "github"]);

let toldAt = Number.NEGATIVE_INFINITY;
/** Once a second: in a burst it is the same for all. */
function sayNotStored(log: Log, error: unknown): void {
  if (performance.now() - toldAt < 1_000) return;
  toldAt = performance.now();
  log.warn({ err: error }, "webhooks could not be stored; their senders were told to come again");
}
