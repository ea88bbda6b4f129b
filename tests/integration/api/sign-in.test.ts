import { afterAll, beforeAll, expect, test } from "vitest";
import { createUser } from "#db/writes/create-user.ts";
import { ensureAdmin } from "#db/writes/ensure-admin.ts";
import { authOptions } from "#lib/server/auth.ts";
import { deps } from "#lib/server/deps.ts";
import { hashPassword, verifyPassword } from "#lib/server/passwords.ts";
import { signIn } from "#lib/server/sign-in.ts";
import { type Api, anApi } from "#tests/integration/api/app.ts";
import { aDatabase } from "#tests/support/database.ts";

let api: Api;
let passwordHash: string;
const password = "correct horse battery";
beforeAll(async () => {
  api = await anApi();
  passwordHash = await hashPassword(password);
});
afterAll(() => api[Symbol.asyncDispose]());

const aUser = (email: string) =>
  createUser(api.sql, { email, name: "Some One", role: "support_tech", passwordHash });
const attempt = (email: string, given: string, address = "192.0.2.1") =>
  signIn(deps(), { email, password: given, address });

test("a password is kept as argon2id, and only the right one verifies", async () => {
  expect(passwordHash).toMatch(/^\$argon2id\$/);
  expect(await verifyPassword(passwordHash, password)).toBe(true);
  expect(await verifyPassword(passwordHash, `${password} `)).toBe(false);
  expect(await verifyPassword(null, "nobody has this password")).toBe(false);
});

test("the right password signs in, whatever the case of the address", async () => {
  const id = await aUser("someone@example.org");
  expect(await attempt(" Someone@Example.org ", password)).toEqual({
    id,
    email: "someone@example.org",
    name: "Some One",
    sessionVersion: 1,
  });
});

test("a wrong password, an unknown address and a disabled person get the same answer", async () => {
  const id = await aUser("disabled@example.org");
  await api.sql`update redrive.users set disabled_at = now() where id = ${id}`;
  expect(await attempt("someone@example.org", "wrong")).toBeNull();
  expect(await attempt("nobody@example.org", password)).toBeNull();
  expect(await attempt("disabled@example.org", password)).toBeNull();
  expect(await attempt("someone@example.org", "x".repeat(100_000))).toBeNull();
  expect(await attempt("", "")).toBeNull();
});

test("after ten wrong tries from one address even the right password waits, elsewhere it does not", async () => {
  await aUser("target@example.org");
  // Side by side, as one who guesses would.
  await Promise.all(Array.from({ length: 10 }, () => attempt("target@example.org", "guess")));
  await expect(attempt("target@example.org", password)).rejects.toThrow(
    /^Too many attempts; try again in 1[45] minutes\.$/,
  );
  expect(await attempt("target@example.org", password, "192.0.2.2")).not.toBeNull();
  expect(await attempt("someone@example.org", password)).not.toBeNull();
  await api.sql`update redrive.rate_limits set expire = 1 where key like '%target@example.org|192.0.2.1'`;
  expect(await attempt("target@example.org", password)).not.toBeNull();
});

test("signing in forgets the wrong tries before it", async () => {
  await aUser("clumsy@example.org");
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 6; i++) await attempt("clumsy@example.org", "wrong");
    expect(await attempt("clumsy@example.org", password)).not.toBeNull();
  }
});

test("many addresses together may not guess for ever at one account", async () => {
  await aUser("famous@example.org");
  await attempt("famous@example.org", "guess", "198.51.100.1");
  await api.sql`update redrive.rate_limits set points = 200 where key = 'sign-in-account:famous@example.org'`;
  await expect(attempt("famous@example.org", password, "198.51.100.2")).rejects.toThrow("Too many attempts");
});

test("next-auth gets the reason of a refusal, and puts the session's version into the token", async () => {
  const { providers, callbacks, pages } = authOptions(deps());
  expect(pages?.signIn).toBe("/signin");
  const [provider] = providers;
  if (provider?.type !== "credentials") throw new Error("not the password provider");
  const authorize = (email: string, given: string) =>
    provider.authorize({ email, password: given }, { headers: { "x-forwarded-for": "203.0.113.9" } });
  const user = await authorize("someone@example.org", password);
  expect(user).toMatchObject({ email: "someone@example.org" });
  const token = await callbacks?.jwt?.({ token: {}, user: user as never, account: null });
  expect(token).toEqual({ sub: user?.id, email: user?.email, name: "Some One", sessionVersion: 1 });
  for (let i = 0; i < 10; i++) expect(await authorize("later@example.org", "x")).toBeNull();
  await expect(authorize("later@example.org", "x")).rejects.toThrow("Too many attempts");
});

test("the first administrator is made once, by any number of processes, and never beside others", async () => {
  await using fresh = await aDatabase();
  const ensure = () => ensureAdmin(fresh.sql, { email: "Admin@Redrive.local", passwordHash });
  const made = await Promise.all([ensure(), ensure(), ensure()]);
  expect(made.filter(Boolean)).toHaveLength(1);
  expect(await fresh.sql`select email, role from redrive.users`).toEqual([
    { email: "admin@redrive.local", role: "admin" },
  ]);
  expect(await ensureAdmin(fresh.sql, { email: "other@redrive.local", passwordHash })).toBe(false);
});
