// What a reply means: its outcome, how long the provider asks us to wait, and one sentence for people.
// The provider's own rules come first (rules.ts); where none fits:
//
//   2xx delivered · 409 duplicate · 401, 403 unauthorized · 429, 503 + Retry-After throttled
//   408, 425, 5xx unavailable · other 4xx invalid · 1xx, 3xx, cut short, forbidden address unexpected
//   no answer: ambiguous when bytes had left, else unavailable
import { duration } from "#lib/core/figures.ts";
import { isDelivered, type Outcome } from "#lib/core/outcome.ts";
import { providerWords } from "#lib/core/provider-words.ts";
import type { Reply } from "#lib/core/reply.ts";
import { retryAfterMs } from "#lib/core/retry-after.ts";
import { firstMatch, type Rule, sayWords } from "#lib/core/rules.ts";
import type { Team } from "#lib/core/status.ts";

export type Classified = {
  outcome: Outcome;
  /** How long the provider asks us to wait, ms, at most 24 h; null when it doesn't say. */
  retryAfterMs: number | null;
  /** One sentence for people, the provider's own words in it; null when there is nothing to complain about. */
  error: string | null;
  /** Whose trouble it is if the record fails; null: the outcome's usual team. */
  team: Team | null;
};

/** What a reply means, read at `nowMs`, by the provider's rules first. Never throws, whatever came back. */
export function classify(reply: Reply, nowMs: number, rules: readonly Rule[] = []): Classified {
  switch (reply.kind) {
    case "response":
      return response(reply, nowMs, rules);
    case "timeout":
      return unanswered(reply.sent, timeoutWords(reply));
    case "unauthorized":
      return { outcome: "unauthorized", retryAfterMs: null, error: reply.why, team: null };
    case "network":
      return unanswered(reply.sent, networkWords(reply.code, reply.message));
    case "refused":
      return {
        outcome: "unexpected",
        retryAfterMs: null,
        error: `The address may not be called: ${reply.why}`,
        team: null,
      };
  }
}

/** What people read for a request of which nobody knows whether it arrived. */
const unanswered = (sent: boolean, error: string): Classified => ({
  outcome: sent ? "ambiguous" : "unavailable",
  retryAfterMs: null,
  error,
  team: null,
});

type Response = Extract<Reply, { kind: "response" }>;

function response(reply: Response, nowMs: number, rules: readonly Rule[]): Classified {
  const wait = retryAfterMs(reply.headers, nowMs);
  const rule = ruleFor(reply, rules);
  const outcome = rule?.outcome ?? outcomeOf(reply, wait);
  return {
    outcome,
    retryAfterMs: mayAskToWait(outcome) ? wait : null,
    error: isDelivered(outcome) ? null : said(rule, reply) || errorOf(reply, outcome),
    team: rule?.team ?? null,
  };
}

/** A success that was cut short is no success by what half of it says: only its status and headers are whole. */
function ruleFor(reply: Response, rules: readonly Rule[]): Rule | null {
  const rule = firstMatch(rules, reply);
  return rule !== null && isCutShort(reply) && readsBody(rule) ? null : rule;
}

const readsBody = ({ when }: Rule): boolean => when.body !== undefined || when.jsonPath !== undefined;

const said = (rule: Rule | null, reply: Response): string | null =>
  rule?.say === undefined ? null : sayWords(rule.say, reply);

const isSuccess = ({ status }: Response): boolean => status >= 200 && status <= 299;
const isCutShort = (reply: Response): boolean => reply.truncated && isSuccess(reply);

function outcomeOf(reply: Response, wait: number | null): Outcome {
  const { status } = reply;
  if (isSuccess(reply)) return isCutShort(reply) ? "unexpected" : "delivered";
  if (status === 409) return "duplicate";
  if (status === 429) return "throttled";
  // A spent quota is often told as 403; without a time to come back it is about who we are.
  if ((status === 503 || status === 403) && wait !== null) return "throttled";
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 408 || status === 425) return "unavailable";
  if (status >= 400 && status <= 499) return "invalid";
  if (status >= 500 && status <= 599) return "unavailable";
  return "unexpected";
}

const mayAskToWait = (outcome: Outcome): boolean => outcome !== "invalid" && outcome !== "unexpected";

function errorOf(reply: Response, outcome: Outcome): string {
  const { status, headers, body } = reply;
  if (outcome === "unexpected" && isCutShort(reply)) return `${status}: the answer is longer than we read`;
  if (status >= 300 && status <= 399)
    return `${status}: redirected${whereTo(headers.location)}; redirects are not followed`;
  return `${status}: ${providerWords(body) ?? meanings[status] ?? "no explanation given"}`;
}

/** The origin only: a path may carry a secret. */
function whereTo(location: string | undefined): string {
  if (location === undefined || !URL.canParse(location)) return "";
  const { host } = new URL(location);
  return host === "" ? "" : ` to ${host}`;
}

const meanings: Record<number, string> = {
  400: "bad request",
  401: "our credentials were not accepted",
  403: "we may not do this",
  404: "not found",
  405: "method not allowed",
  408: "the provider waited too long for our request",
  410: "gone",
  413: "the record is too large",
  415: "the provider does not take this content type",
  422: "the record was not accepted",
  425: "too early",
  429: "too many requests",
  500: "internal error at the provider",
  502: "bad gateway",
  503: "service unavailable",
  504: "gateway timeout",
};

function timeoutWords({ phase, afterMs }: Extract<Reply, { kind: "timeout" }>): string {
  const within =
    afterMs !== undefined && Number.isFinite(afterMs) ? `within ${duration(afterMs)}` : "in time";
  switch (phase) {
    case "connect":
      return `No connection ${within}`;
    case "headers":
    case "total":
      return `No answer ${within}`;
    case "body":
      return `The answer stopped halfway and did not end ${within}`;
  }
}

function networkWords(code: string, message: string): string {
  const known = Object.hasOwn(networkMeanings, code) ? networkMeanings[code] : undefined;
  if (known !== undefined) return known;
  const words = providerWords(message);
  if (!/^\w{1,60}$/.test(code)) return words ?? "Network error";
  return words === null ? `Network error (${code})` : `Network error: ${words} (${code})`;
}

const networkMeanings: Record<string, string> = {
  ECONNREFUSED: "Connection refused",
  ECONNRESET: "Connection reset",
  ECONNABORTED: "Connection aborted",
  EPIPE: "Connection closed while we were sending",
  UND_ERR_SOCKET: "Connection closed by the other side",
  ETIMEDOUT: "No connection in time",
  ENOTFOUND: "Host name not found",
  EAI_AGAIN: "Host name could not be looked up",
  EHOSTUNREACH: "Host not reachable",
  ENETUNREACH: "Network not reachable",
  CERT_HAS_EXPIRED: "TLS certificate has expired",
  CERT_NOT_YET_VALID: "TLS certificate is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "TLS certificate belongs to another host",
  DEPTH_ZERO_SELF_SIGNED_CERT: "TLS certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "TLS certificate is self-signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "TLS certificate's issuer is unknown",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "TLS certificate's issuer is unknown",
};
