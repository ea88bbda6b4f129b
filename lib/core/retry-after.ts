// When a provider wants to be asked again: Retry-After first, then RateLimit headers whose remainder is 0.
// What is malformed is ignored: a wrong header must not stop a provider's deliveries.

/** The longest wait a provider can ask for: 24 h. */
export const longestWaitMs = 86_400_000;

type Headers = Record<string, string>;

/** How long to wait, 0..24 h in ms, by the provider's own headers; null when they don't say. */
export const retryAfterMs = (headers: Headers, nowMs: number): number | null =>
  fromRetryAfter(headers, nowMs) ?? fromRateLimit(headers, nowMs);

function fromRetryAfter(headers: Headers, nowMs: number): number | null {
  const text = headers["retry-after"]?.trim();
  if (!text) return null;
  if (/^\d+$/.test(text)) return bounded(Number(text) * 1000);
  const at = httpDateMs(text);
  // Against the provider's clock, not ours: one that is an hour ahead would else pause us for an hour.
  return at === null ? null : bounded(at - theirNowMs(headers, nowMs));
}

function fromRateLimit(headers: Headers, nowMs: number): number | null {
  const { remaining, reset } = rateLimit(headers);
  if (remaining !== 0 || reset === null) return null;
  if (reset >= 1e12) return bounded(reset - theirNowMs(headers, nowMs));
  if (reset >= 1e9) return bounded(reset * 1000 - theirNowMs(headers, nowMs));
  return bounded(reset * 1000);
}

/** Three spellings: `RateLimit: "a";r=0;t=30`, `RateLimit: limit=9, remaining=0, reset=30`, and `[X-]RateLimit-Remaining`. */
function rateLimit(headers: Headers): { remaining: number | null; reset: number | null } {
  const one = headers.ratelimit;
  // Of several quotas, the spent one with the longest wait is the one that counts.
  const quotas = one?.includes(";") ? one.split(",") : one ? [one] : [];
  const spent = quotas
    .map((quota) => ({
      remaining: numberIn(quota.match(/(?:^|[;,\s])(?:r|remaining)=(\d+)/i)?.[1]),
      reset: numberIn(quota.match(/(?:^|[;,\s])(?:t|reset)=(\d+)/i)?.[1]),
    }))
    .filter((quota) => quota.remaining === 0 && quota.reset !== null)
    .sort((a, b) => (b.reset ?? 0) - (a.reset ?? 0))[0];
  if (spent) return spent;
  return {
    remaining: numberIn(headers["ratelimit-remaining"] ?? headers["x-ratelimit-remaining"]),
    reset: numberIn(headers["ratelimit-reset"] ?? headers["x-ratelimit-reset"]),
  };
}

const numberIn = (text: string | undefined): number | null =>
  text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;

const theirNowMs = (headers: Headers, nowMs: number): number =>
  httpDateMs(headers.date?.trim() ?? "") ?? nowMs;

const bounded = (ms: number): number => Math.round(Math.min(longestWaitMs, Math.max(0, ms)));

/** The three forms of RFC 9110; `Date.parse` alone would read "12" as a year and asctime as local time. */
function httpDateMs(text: string): number | null {
  const imf = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
  const rfc850 = /^[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
  const asctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;
  if (!imf.test(text) && !rfc850.test(text) && !asctime.test(text)) return null;
  const ms = Date.parse(asctime.test(text) ? `${text} GMT` : text);
  return Number.isFinite(ms) ? ms : null;
}
