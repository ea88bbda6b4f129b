import { createCipheriv, hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { readEnv } from "#lib/node/env.ts";
import {
  CannotOpen,
  isSealedUnderPresent,
  keyring,
  keyringOf,
  requiredKeyring,
  seal,
  unseal,
} from "#lib/node/secrets.ts";

const first = "the first secret, of 32 characters or more";
const second = "the second secret, of 32 characters or more";
const third = "the third secret, of 32 characters or more";
const row = "provider:ats";

test("what is sealed is opened with the same secret, and never twice the same", () => {
  const keys = keyringOf(first);
  const sealed = seal(keys, row, "Zoë's password");
  expect(sealed).toMatch(/^v2\.[\w-]{8}\.[\w-]{16}\.[\w-]{22}\.[\w-]+$/);
  expect(unseal(keys, row, sealed)).toBe("Zoë's password");
  expect(seal(keys, row, "Zoë's password")).not.toBe(sealed);
  expect(unseal(keys, row, seal(keys, row, ""))).toBe("");
});

test("after a change the old secret opens still, and the new one seals", () => {
  const old = seal(keyringOf(first), row, "kept");
  const rotated = keyringOf(third, second, first);
  expect(unseal(rotated, row, old)).toBe("kept");
  expect(isSealedUnderPresent(rotated, old)).toBe(false);
  const anew = seal(rotated, row, "kept");
  expect(isSealedUnderPresent(rotated, anew)).toBe(true);
  expect(unseal(keyringOf(third), row, anew)).toBe("kept");
  expect(() => unseal(keyringOf(second, first), row, anew)).toThrow(CannotOpen);
});

test("a text sealed before keys had ids is opened with the present secret or one before it", () => {
  const key = Buffer.from(hkdfSync("sha256", first, "", "redrive sealed v1", 32));
  const cipher = createCipheriv("aes-256-gcm", key, Buffer.alloc(12, 1)).setAAD(Buffer.from(row));
  const text = Buffer.concat([cipher.update("old"), cipher.final()]);
  const parts = [Buffer.alloc(12, 1), cipher.getAuthTag(), text];
  const sealed = ["v1", ...parts.map((part) => part.toString("base64url"))].join(".");
  expect(unseal(keyringOf(first), row, sealed)).toBe("old");
  expect(unseal(keyringOf(second, first), row, sealed)).toBe("old");
  expect(() => unseal(keyringOf(second), row, sealed)).toThrow(CannotOpen);
  expect(() => unseal(keyringOf(first), "provider:crm", sealed)).toThrow(CannotOpen);
  expect(isSealedUnderPresent(keyringOf(first), sealed)).toBe(false);
});

test("a text that was changed anywhere is not opened", () => {
  const keys = keyringOf(first, second);
  const sealed = seal(keys, row, "secret");
  for (let at = 0; at < sealed.length; at += 1) {
    const letter = sealed[at] === "A" ? "B" : "A";
    const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1);
    // The last letters of a part may carry bits that mean nothing.
    const isSame = decoded(changed) === decoded(sealed);
    if (isSame) expect(unseal(keys, row, changed)).toBe("secret");
    else expect(() => unseal(keys, row, changed)).toThrow(CannotOpen);
  }
  const [version, id, iv, tag = "", text] = sealed.split(".");
  expect(() => unseal(keys, row, [version, id, iv, tag.slice(0, 6), text].join("."))).toThrow(CannotOpen);
  for (const nonsense of ["", "v2", "v1", "v3.a.b.c", `${sealed}.more`]) {
    expect(() => unseal(keys, row, nonsense)).toThrow(CannotOpen);
  }
});

const decoded = (sealed: string): string => {
  const [version, id, ...parts] = sealed.split(".");
  return [version, id, ...parts.map((part) => Buffer.from(part, "base64url").toString("hex"))].join();
};

test("a text that was moved to another row is not opened", () => {
  const keys = keyringOf(first);
  expect(() => unseal(keys, "provider:crm", seal(keys, row, "secret"))).toThrow(CannotOpen);
});

test("nothing of the secrets is in what is said about a text that does not open", () => {
  const sealed = seal(keyringOf(first), row, "secret");
  expect(() => unseal(keyringOf(second), row, sealed)).toThrow(
    /^sealed under a secret that is not given here$/,
  );
});

test("the environment names the present secret and those before it", () => {
  expect(keyring(readEnv({ NODE_ENV: "test" }))).toBeNull();
  expect(() => requiredKeyring(readEnv({ NODE_ENV: "test" }))).toThrow("REDRIVE_SECRET is not set");
  const env = readEnv({
    NODE_ENV: "test",
    REDRIVE_SECRET: "c".repeat(32),
    REDRIVE_SECRET_PREVIOUS: `${"b".repeat(32)}, ${"a".repeat(32)}`,
  });
  const keys = requiredKeyring(env);
  for (const letter of ["a", "b", "c"]) {
    expect(unseal(keys, row, seal(keyringOf(letter.repeat(32)), row, letter))).toBe(letter);
  }
});

test("a previous secret that is too short stops the start, and is not shown", () => {
  const start = () => readEnv({ NODE_ENV: "test", REDRIVE_SECRET_PREVIOUS: `${"a".repeat(32)},short` });
  expect(start).toThrow(/^REDRIVE_SECRET_PREVIOUS: must be what REDRIVE_SECRET was before/);
  expect(start).not.toThrow(/short/);
});
