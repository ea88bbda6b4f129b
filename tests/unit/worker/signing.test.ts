import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { ProviderAuth } from "#lib/contract/policy.ts";
import { createSigner } from "#worker/auth/signing.ts";
import type { Request } from "#worker/http/call.ts";

// The example of the Standard Webhooks specification.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const timestamp = "1614265330";
const nowMs = Number(timestamp) * 1_000;
const body = '{"test": 2432232314}';
const signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const other = Buffer.alloc(32, 7).toString("base64");

const request = (more: Partial<Request> = {}): Request => ({
  method: "POST",
  path: "/",
  headers: ["Webhook-Id", id, "webhook-timestamp", timestamp],
  body,
  ...more,
});

/** What leaves: the request's headers and those of the proof. */
async function signed(
  secrets: Parameters<typeof createSigner>[0],
  given = request(),
  atMs = nowMs,
): Promise<Record<string, string>> {
  const proof = await createSigner(secrets).prove(given, { id }, atMs);
  if ("unauthorized" in proof) throw new Error(proof.unauthorized);
  const all = [...given.headers, ...proof.headers];
  const names = all.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  expect(new Set(names).size, "a header stands there twice").toBe(names.length);
  return Object.fromEntries(names.map((name, index) => [name, all[2 * index + 1] ?? ""]));
}

test("the specification's example has the specification's signature", async () => {
  expect(await signed([secret])).toEqual({
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signature,
  });
});

test("a secret means the same with and without whsec_, with and without its padding", async () => {
  const bare = secret.slice("whsec_".length);
  for (const same of [bare, bare.replace(/=+$/, "")]) {
    expect((await signed([same]))["webhook-signature"]).toBe(signature);
  }
  const padded = Buffer.alloc(25, 1).toString("base64");
  expect(padded).toMatch(/=$/);
  const [one, two] = [await signed([padded]), await signed([padded.replace(/=+$/, "")])];
  expect(one).toEqual(two);
});

test("id and time are added where the request has none, and are what is signed", async () => {
  const headers = await signed([secret], request({ headers: ["accept", "*/*"] }), nowMs + 999);
  expect(headers).toMatchObject({
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signature,
  });
});

test("what the request says is signed, not the clock", async () => {
  const headers = await signed([secret], request(), nowMs + 3_600_000);
  expect(headers).toMatchObject({ "webhook-timestamp": timestamp, "webhook-signature": signature });
});

test("no body is signed as an empty one", async () => {
  const [none, empty] = [request({ body: null }), request({ body: "" })];
  expect((await signed([secret], none))["webhook-signature"]).toBe(
    (await signed([secret], empty))["webhook-signature"],
  );
});

test("letters beyond ASCII are signed as the bytes that leave", async () => {
  const text = '{"name":"Zoë 🦊"}';
  const now = Date.now();
  const headers = await signed([secret], request({ headers: [], body: text }), now);
  expect(new Webhook(secret).verify(Buffer.from(text), headers)).toEqual({ name: "Zoë 🦊" });
});

test("two secrets both sign, the newest first, until the old one's time is over", async () => {
  const untilMs = nowMs + 60_000;
  const secrets = [other, { secret, until: new Date(untilMs).toISOString() }];
  const both = (await signed(secrets))["webhook-signature"]?.split(" ");
  expect(both).toHaveLength(2);
  expect(both?.[1]).toBe(signature);
  const alone = (await signed([other]))["webhook-signature"];
  expect(both?.[0]).toBe(alone);
  expect((await signed(secrets, request(), untilMs - 1))["webhook-signature"]).toContain(" ");
  expect((await signed(secrets, request(), untilMs))["webhook-signature"]).toBe(alone);
});

test("with no secret in force there is no proof, and the sentence says what to do", async () => {
  const proof = await createSigner([{ secret, until: "2020-01-01T00:00:00Z" }]).prove(
    request(),
    { id },
    nowMs,
  );
  expect(proof).toEqual({ unauthorized: "No signing secret is in force: give a new one." });
  expect(await createSigner([secret]).refused(["webhook-signature", signature])).toBe(false);
});

const bytes = (length: number) => Buffer.alloc(length, 0xfb).toString("base64");

/** Whether the policy takes it, alone and with an end. */
const taken = (text: string) =>
  [text, { secret: text, until: "2030-01-01T00:00:00Z" }].map((one) => {
    const parsed = ProviderAuth.safeParse({ kind: "standard_webhooks", secrets: [one] });
    if (!parsed.success) expect(JSON.stringify(parsed.error.issues)).toContain("24 to 64 bytes in base64");
    return parsed.success;
  });

test.each([
  ["24 bytes", bytes(24)],
  ["64 bytes", bytes(64)],
  ["64 bytes behind whsec_", `whsec_${bytes(64)}`],
  ["32 bytes without their padding", bytes(32).replace("=", "")],
])("a signing secret of %s is taken", (_name, text) => {
  expect(taken(text)).toEqual([true, true]);
});

test.each([
  ["23 bytes", bytes(23)],
  ["65 bytes", bytes(65)],
  ["base64 of URLs", Buffer.alloc(32, 0xfb).toString("base64url")],
  ["a lonely digit at the end", `${bytes(24)}A`],
  ["padding that does not fit", `${bytes(24)}=`],
  ["a password's letters", "correct horse battery staple!!!"],
  ["nothing behind whsec_", "whsec_"],
])("a signing secret of %s is refused, and the sentence says what it must be", (_name, text) => {
  expect(taken(text)).toEqual([false, false]);
});
