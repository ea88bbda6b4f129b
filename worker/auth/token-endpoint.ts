// One question to an OAuth 2 token endpoint (RFC 6749, 4.4), and what its answer means. What is wrong with an answer is
// said in a sentence that carries neither the request nor a token.
import type { Pool } from "undici";
import { z } from "zod";
import type { ProviderAuth } from "#lib/contract/policy.ts";
import type { Reply } from "#lib/core/reply.ts";
import { call, type Request } from "#worker/http/call.ts";
import packageJson from "../../package.json" with { type: "json" };

type OAuth2 = Extract<ProviderAuth, { kind: "oauth2_client_credentials" }>;

/** How a client makes itself known to its endpoint; its secret is at hand. */
export type TokenClient = Omit<OAuth2, "kind" | "clientSecret"> & { clientSecret: string };

export type TokenAnswer =
  | { kind: "token"; token: string; lifeMs: number }
  /** `again`: it may go better in a moment. */
  | { kind: "none"; why: string; again: boolean };

/** Where the endpoint does not say how long its token lasts, s. */
const assumedLife = 300;
/** A token that lasts no longer than this would have to be fetched for each request, s. */
const leastLife = 1;
const tenYears = 315_360_000;
const wordsMost = 200;

const wrongType = "has another token_type than bearer";
const nonsenseExpiry = "has an expires_in that is no number of seconds between 1 and ten years";

/** Each message is the end of a sentence that begins with the endpoint's answer. */
const Granted = z.object(
  {
    access_token: z
      .string("has no access_token")
      .min(1, "has an empty access_token")
      .max(16_384, "has an access_token of more than 16 KiB, longer than servers take")
      .regex(/^[\x21-\x7e]+$/, "has an access_token that can't stand in a header"),
    token_type: z
      .string(wrongType)
      .regex(/^bearer$/i, wrongType)
      .nullish(),
    expires_in: z
      .union(
        [
          z.number(),
          z
            .string()
            .regex(/^\d+(\.\d+)?$/)
            .transform(Number),
        ],
        nonsenseExpiry,
      )
      .refine((seconds) => seconds >= leastLife && seconds <= tenYears, nonsenseExpiry)
      .nullish(),
  },
  "is not a JSON object",
);

const Refusal = z.object({
  error: z.string().catch(""),
  error_description: z.string().catch(""),
});

/** Asks once; whatever happens is a value. */
export async function askForToken(pool: Pool, client: TokenClient, timeoutMs: number): Promise<TokenAnswer> {
  return readTokenAnswer(await call(pool, tokenRequest(client), timeoutMs), client);
}

export function tokenRequest({ tokenUrl, scope, audience, ...client }: TokenClient): Request {
  const url = new URL(tokenUrl);
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  if (scope !== null) form.set("scope", scope);
  if (audience !== null) form.set("audience", audience);
  const headers = [
    "user-agent",
    `Redrive/${packageJson.version}`,
    "accept",
    "application/json",
    "accept-encoding",
    "identity",
    "content-type",
    "application/x-www-form-urlencoded",
  ];
  if (client.send === "basic") {
    headers.push("authorization", `Basic ${basicPair(client)}`);
  } else {
    form.set("client_id", client.clientId);
    form.set("client_secret", client.clientSecret);
  }
  return { method: "POST", path: url.pathname + url.search, headers, body: form.toString() };
}

/** RFC 6749, 2.3.1: both are form-encoded before they are joined, so that a colon in the id separates nothing. */
const basicPair = ({ clientId, clientSecret }: Pick<TokenClient, "clientId" | "clientSecret">): string =>
  Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString("base64");

const formEncoded = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);

export function readTokenAnswer(reply: Reply, client: TokenClient): TokenAnswer {
  const endpoint = `The token endpoint at ${new URL(client.tokenUrl).host}`;
  const none = (words: string, again: boolean): TokenAnswer => ({
    kind: "none",
    why: `${endpoint} ${words}.`,
    again,
  });
  switch (reply.kind) {
    case "timeout":
      return none("did not answer in time", true);
    case "network":
      return none(`can't be reached (${reply.code})`, true);
    case "unauthorized":
      return none(reply.why, false);
    case "refused":
      return none(`may not be called: ${reply.why}`, false);
  }
  const { status } = reply;
  if (reply.truncated) return none("answered with more than can be read", false);
  const body = jsonOf(reply.body);
  const words = inBrackets(wordsOf(body, client));
  // What is refused for good is not asked again: some endpoints lock a client that insists.
  if (status >= 300 && status < 400) return none(`answered ${status}: redirects are not followed`, false);
  if (status < 200 || status >= 300)
    return none(`answered ${status}${words}`, status >= 500 || status === 429);
  const granted = Granted.safeParse(body);
  if (!granted.success)
    return none(`answered, but the answer ${granted.error.issues[0]?.message}${words}`, false);
  const { access_token: token, expires_in: seconds } = granted.data;
  return { kind: "token", token, lifeMs: (seconds ?? assumedLife) * 1_000 };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the endpoint says for itself, without anything that it may have echoed of our secret. */
function wordsOf(body: unknown, client: TokenClient): string {
  const { data } = Refusal.safeParse(body);
  const said = [data?.error, data?.error_description].filter(Boolean).join(": ");
  const { clientSecret } = client;
  return [basicPair(client), formEncoded(clientSecret), clientSecret]
    .reduce((text, secret) => text.replaceAll(secret, "[hidden]"), said)
    .replace(/\p{Cc}+/gu, " ")
    .slice(0, wordsMost);
}

const inBrackets = (words: string): string => (words === "" ? "" : ` (${words})`);
