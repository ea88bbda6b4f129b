// What a setting of a policy may be, in itself.
import { describe, expect, test } from "vitest";
import { PatchProvider, ProviderAuth, ProviderPolicy } from "#lib/contract/policy.ts";
import { policyProblems } from "#lib/contract/policy-problems.ts";

/** Each problem as `field: message`. */
function problems(auth: unknown): string[] {
  const parsed = ProviderAuth.safeParse(auth);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

const aHeader = (more: object = {}) => ({ kind: "header", name: "X-Api-Key", value: "hush", ...more });

function reservedProblems(name: string): string[] {
  const policy = ProviderPolicy.parse({ name: "ATS", url: "https://ats.example", auth: aHeader({ name }) });
  return policyProblems(policy).map(({ field, message }) => `${field}: ${message}`);
}

describe("the header that proves who we are", () => {
  test("loses the blanks and line breaks that were pasted along", () => {
    expect(ProviderAuth.parse(aHeader({ value: " Bearer hush\r\n" }))).toEqual(
      aHeader({ value: "Bearer hush" }),
    );
  });

  test.each(["two\nlines", "bell\u0007", "Łódź", "“hush”"])("can't hold %j", (value) => {
    expect(problems(aHeader({ value }))).toEqual([
      "value: must hold only characters that HTTP can carry in a header: no line breaks, nothing beyond Latin-1",
    ]);
  });

  test("can't be blank", () => {
    expect(problems(aHeader({ value: " \n" }))).toHaveLength(1);
  });

  test.each([
    "Connection",
    "content-length",
    "Content-Type",
    "expect",
    "Host",
    "Idempotency-Key",
    "keep-alive",
    "te",
    "traceparent",
    "trailer",
    "Transfer-Encoding",
    "upgrade",
    "webhook-id",
    "Webhook-Signature",
  ])("can't be %s, which others set", (name) => {
    expect(reservedProblems(name)).toEqual([
      "auth.name: is a header that the connection or Redrive sets; use another, like X-Api-Key or Authorization",
    ]);
  });

  test.each(["Authorization", "X-Api-Key", "apikey", "X-Webhook-Token"])("may be %s", (name) => {
    expect(problems(aHeader({ name, value: "Bearer ü\tx" }))).toEqual([]);
    expect(reservedProblems(name)).toEqual([]);
  });
});

test.each(["https://:hush@ats.example/", "https://me@ats.example/", "https://me:hush@ats.example/"])(
  "a URL that carries credentials is refused: %s",
  (url) => {
    expect(PatchProvider.safeParse({ url }).success).toBe(false);
    expect(
      problems({ kind: "oauth2_client_credentials", tokenUrl: url, clientId: "a", clientSecret: "b" }),
    ).toEqual(["tokenUrl: must not carry a user name or password; use auth instead"]);
  },
);
