import { expect, test } from "vitest";
import type { Reply } from "#lib/core/reply.ts";
import { readTokenAnswer, type TokenClient, tokenRequest } from "#worker/auth/token-endpoint.ts";

const client: TokenClient = {
  tokenUrl: "https://auth.example/oauth/token?tenant=7",
  clientId: "us:er",
  clientSecret: "s3cret %+/ü",
  scope: null,
  audience: null,
  send: "basic",
};

const answered = (status: number, body: unknown): Reply => ({
  kind: "response",
  status,
  headers: {},
  body: typeof body === "string" ? body : JSON.stringify(body),
  truncated: false,
});

const read = (reply: Reply) => readTokenAnswer(reply, client);

const headersOf = (request: { headers: string[] }) =>
  Object.fromEntries(
    request.headers.flatMap((name, at) => (at % 2 === 0 ? [[name, request.headers[at + 1]]] : [])),
  );

test("by basic, id and secret are form-encoded before they are joined, and the form has neither", () => {
  const request = tokenRequest({ ...client, scope: "a b", audience: "https://api.example" });
  expect(request).toMatchObject({ method: "POST", path: "/oauth/token?tenant=7" });
  const headers = headersOf(request);
  expect(headers).toMatchObject({
    accept: "application/json",
    "accept-encoding": "identity",
    "content-type": "application/x-www-form-urlencoded",
  });
  const pair = Buffer.from(headers.authorization?.replace("Basic ", "") ?? "", "base64").toString();
  expect(pair).toBe("us%3Aer:s3cret+%25%2B%2F%C3%BC");
  expect(request.body).toBe("grant_type=client_credentials&scope=a+b&audience=https%3A%2F%2Fapi.example");
});

test("by post, id and secret are in the form, and no header carries them", () => {
  const request = tokenRequest({ ...client, send: "post" });
  expect(headersOf(request).authorization).toBeUndefined();
  expect(Object.fromEntries(new URLSearchParams(request.body ?? ""))).toEqual({
    grant_type: "client_credentials",
    client_id: client.clientId,
    client_secret: client.clientSecret,
  });
});

test.each([
  ["a number of seconds", { expires_in: 60 }, 60_000],
  ["a second", { expires_in: 1 }, 1_000],
  ["a fraction", { expires_in: 1.5 }, 1_500],
  ["a number as text", { expires_in: "3600" }, 3_600_000],
  ["nothing: five minutes", {}, 300_000],
  ["null: five minutes", { expires_in: null }, 300_000],
  ["ten years", { expires_in: 315_360_000 }, 315_360_000_000],
])("a token lasts as long as its answer says, %s", (_name, more, lifeMs) => {
  const body = { access_token: "t-1", token_type: "bEARER", ...more };
  expect(read(answered(200, body))).toEqual({ kind: "token", token: "t-1", lifeMs });
});

const good = { access_token: "t-1", token_type: "Bearer", expires_in: 60 };
const expiry = "has an expires_in that is no number of seconds between 1 and ten years";

test.each([
  ["no token", { token_type: "Bearer" }, "has no access_token"],
  ["null for a token", { ...good, access_token: null }, "has no access_token"],
  ["an empty token", { ...good, access_token: "" }, "has an empty access_token"],
  ["a token of two lines", { ...good, access_token: "a\r\nx-evil: 1" }, "can't stand in a header"],
  ["a token beyond ASCII", { ...good, access_token: "tökén" }, "can't stand in a header"],
  ["an endless token", { ...good, access_token: "t".repeat(16_385) }, "more than 16 KiB"],
  ["a token of another type", { ...good, token_type: "mac" }, "another token_type than bearer"],
  ["an expiry of 0", { ...good, expires_in: 0 }, expiry],
  ["an expiry of less than a second", { ...good, expires_in: 0.999 }, expiry],
  ["an expiry in the past", { ...good, expires_in: -1 }, expiry],
  ["an expiry of more than ten years", { ...good, expires_in: 315_360_001 }, expiry],
  ["an expiry without end", '{"access_token":"t-1","expires_in":1e999}', expiry],
  ["an expiry of words", { ...good, expires_in: "soon" }, expiry],
  ["an expiry of true", { ...good, expires_in: true }, expiry],
  ["no JSON", "<html>Sign in</html>", "is not a JSON object"],
  ["nothing", "", "is not a JSON object"],
  ["a list", [good], "is not a JSON object"],
])("an answer with %s is refused by name, and not asked for again at once", (_name, body, words) => {
  const answer = read(answered(200, body));
  expect(answer).toMatchObject({ kind: "none", again: false });
  const why = answer.kind === "none" ? answer.why : "";
  expect(why).toContain("The token endpoint at auth.example answered, but the answer ");
  expect(why).toContain(words);
  expect(why).not.toContain("t-1");
});

test("an error is told in the endpoint's own words, cut, without control characters or our secret", () => {
  const basic = Buffer.from("us%3Aer:s3cret+%25%2B%2F%C3%BC").toString("base64");
  const echo = `\u0000bad\nsecret ${client.clientSecret} s3cret+%25%2B%2F%C3%BC ${basic} ${"x".repeat(400)}`;
  const answer = read(answered(401, { error: "invalid_client", error_description: echo }));
  const why = answer.kind === "none" ? answer.why : "";
  expect(why).toMatch(
    /^The token endpoint at auth\.example answered 401 \(invalid_client: {2}bad secret \[hidden\] \[hidden\] \[hidden\] x+\)\.$/,
  );
  expect(why.length).toBeLessThan(260);
  expect(read(answered(400, { error: 7, error_description: null }))).toMatchObject({
    why: "The token endpoint at auth.example answered 400.",
  });
});

test.each([
  [
    "503 and its word",
    answered(503, { error: "temporarily_unavailable" }),
    "answered 503 (temporarily_unavailable)",
    true,
  ],
  ["429", answered(429, ""), "answered 429", true],
  ["401", answered(401, { error: "invalid_client" }), "answered 401 (invalid_client)", false],
  ["a redirect", answered(302, ""), "answered 302: redirects are not followed", false],
  ["a timeout", { kind: "timeout", phase: "total", sent: true }, "did not answer in time", true],
  [
    "no connection",
    { kind: "network", code: "ECONNREFUSED", message: "connect 10.0.0.1", sent: false },
    "can't be reached (ECONNREFUSED)",
    true,
  ],
  [
    "a private address",
    { kind: "refused", why: "the address 10.0.0.1 is private" },
    "may not be called: the address 10.0.0.1 is private",
    false,
  ],
  [
    "an endless answer",
    { ...answered(200, good), truncated: true } as Reply,
    "answered with more than can be read",
    false,
  ],
] satisfies [string, Reply, string, boolean][])(
  "%s is named, and tried again only where that may help",
  (_name, reply, words, again) => {
    expect(read(reply)).toEqual({ kind: "none", why: `The token endpoint at auth.example ${words}.`, again });
  },
);
