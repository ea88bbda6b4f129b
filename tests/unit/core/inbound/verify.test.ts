// Who sent it: known answers of each vendor's documentation, and everything that must not pass.
import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import type { InboundKind, InboundOptions } from "#lib/core/inbound/kinds.ts";
import { type InboundSecret, type Verdict, verifierOf } from "#lib/core/inbound/verify.ts";

type Given = {
  kind: InboundKind;
  secrets: (string | InboundSecret)[];
  options?: InboundOptions;
  headers: [string, string][];
  body: string | Buffer;
  nowMs: number;
};

function verdict({ kind, secrets, options = {}, headers, body, nowMs }: Given): Verdict {
  const verify = verifierOf({
    kind,
    options,
    secrets: secrets.map((each) => (typeof each === "string" ? { secret: each, until: null } : each)),
  });
  return verify({ headers: headers.flat(), body: Buffer.from(body), nowMs });
}

const because = (given: Given): string => {
  const said = verdict(given);
  return said.isGenuine ? "genuine" : said.because;
};

/** The known answers that the specification's own libraries are tested with. */
const standard = {
  kind: "standard_webhooks",
  secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
  headers: [
    ["webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"],
    ["webhook-timestamp", "1614265330"],
    ["webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="],
  ],
  body: '{"test": 2432232314}',
  nowMs: 1_614_265_330_000,
} satisfies Given;

/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation */
const github = {
  kind: "github",
  secrets: ["It's a Secret to Everybody"],
  headers: [
    ["X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"],
  ],
  body: "Hello, World!",
  nowMs: 0,
} satisfies Given;

/** https://docs.slack.dev/authentication/verifying-requests-from-slack#making */
const slack = {
  kind: "slack",
  secrets: ["8f742231b10e8888abcd99yyyzzz85a5"],
  headers: [
    ["X-Slack-Request-Timestamp", "1531420618"],
    ["X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"],
  ],
  body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
  nowMs: 1_531_420_618_000,
} satisfies Given;

const at = 1_700_000_000;
const mac = (key: string, text: string, encoding: "hex" | "base64" = "hex", algorithm = "sha256") =>
  createHmac(algorithm, key).update(text).digest(encoding);

const stripe = {
  kind: "stripe",
  secrets: ["whsec_stripe"],
  headers: [
    ["Stripe-Signature", `t=${at},v1=${mac("whsec_stripe", `${at}.{"id":"evt_1"}`)},v0=${"0".repeat(64)}`],
  ],
  body: '{"id":"evt_1"}',
  nowMs: at * 1_000,
} satisfies Given;

const shopify = {
  kind: "shopify",
  secrets: ["shpss_1"],
  headers: [["X-Shopify-Hmac-Sha256", mac("shpss_1", '{"id":1}', "base64")]],
  body: '{"id":1}',
  nowMs: 0,
} satisfies Given;

const hmac = {
  kind: "hmac",
  secrets: ["s3cret"],
  options: {
    hmac: {
      algorithm: "sha512",
      header: "X-Sign",
      encoding: "hex",
      prefix: "sha512=",
      content: "{timestamp}:{body}",
      timestampHeader: "X-Time",
      toleranceSeconds: 60,
    },
  },
  headers: [
    ["x-sign", `sha512=${mac("s3cret", `${at}:{}`, "hex", "sha512")}`],
    ["x-time", String(at)],
  ],
  body: "{}",
  nowMs: at * 1_000,
} satisfies Given;

const signed: [string, Given][] = [
  ["Standard Webhooks", standard],
  ["GitHub", github],
  ["Slack", slack],
  ["Stripe", stripe],
  ["Shopify", shopify],
  ["a generic HMAC", hmac],
];
const timed = signed.filter(([, { kind }]) => kind !== "github" && kind !== "shopify");

/** The header that the signature is in: the last or the first, by the vendor. */
const signatureName = (given: Given): string =>
  given.headers.find(([name]) => /sign|hmac/i.test(name))?.[0] ?? "";
const withHeader = (given: Given, name: string, change: (value: string) => string): Given => ({
  ...given,
  headers: given.headers.map(([key, value]) => (key === name ? [key, change(value)] : [key, value])),
});

test.each(["sha1", "sha256", "sha512"] as const)(
  "a secret of any length signs with %s as everywhere, call after call",
  (algorithm) => {
    const options: InboundOptions = { hmac: { ...hmac.options.hmac, algorithm, prefix: "" } };
    const lengths = [1, 20, 63, 64, 65, 127, 128, 129, 400];
    for (const secret of [...lengths.map((length) => "k".repeat(length)), "schlüssel"]) {
      const verify = verifierOf({ kind: "hmac", options, secrets: [{ secret, until: null }] });
      // About the bytes that calls are put together in, and what is longer; a short one after each finds the other's behind it.
      const long = [65_300, 65_400, 65_460, 65_500, 65_536, 65_600, 200_000].flatMap((length) => [
        "x".repeat(length),
        "{}",
      ]);
      for (const body of ["{}", '{"a":1}', "x".repeat(5_000), ...long]) {
        const signature = mac(secret, `${at}:${body}`, "hex", algorithm);
        const headers = ["x-sign", signature, "x-time", String(at)];
        const call = { headers, body: Buffer.from(body), nowMs: at * 1_000 };
        expect(verify(call), `${secret.length} characters`).toEqual({ isGenuine: true });
      }
    }
  },
);

test.each(["HMAC ", "hmac-sha256,", "Signature: ", "sha256=", ""])(
  "a prefix of any form stands before each signature: %j",
  (prefix) => {
    const options: InboundOptions = {
      hmac: { ...hmac.options.hmac, algorithm: "sha256", encoding: "base64", prefix },
    };
    const right = mac("s3cret", `${at}:{}`, "base64");
    const wrong = mac("another", `${at}:{}`, "base64");
    const said = (header: string) =>
      because({ ...hmac, options, headers: [["x-sign", header], hmac.headers[1] ?? ["", ""]] });
    expect(said(`${prefix}${right}`)).toBe("genuine");
    expect(said(`${prefix}${wrong}, ${prefix}${right}`)).toBe("genuine");
    expect(said(`${prefix}${wrong}`)).toBe("mismatch");
    expect(said(`${prefix}${"x".repeat(10_000)}`)).toBe("mismatch");
    if (prefix !== "") expect(said(`other${right}`)).toBe("malformed");
  },
);

describe.each(signed)("%s", (_name, given) => {
  const name = signatureName(given);

  test("takes the documented example, whatever the case of its headers", () => {
    expect(because(given)).toBe("genuine");
    const upper = given.headers.map(([key, value]): [string, string] => [key.toUpperCase(), value]);
    expect(because({ ...given, headers: upper })).toBe("genuine");
  });

  test("refuses another body, another secret, no signature, and half of one", () => {
    expect(because({ ...given, body: `${given.body} ` })).toBe("mismatch");
    expect(because({ ...given, secrets: ["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] })).toBe("mismatch");
    const without = given.headers.filter(([key]) => key !== name);
    expect(because({ ...given, headers: without })).toBe("missing");
    const cut = withHeader(given, name, (value) =>
      value.replace(/(v1[=,]|=|^)([0-9A-Za-z+/=]{20})[^, ]*/g, "$1$2"),
    );
    expect(because(cut)).toBe("mismatch");
    expect(because(withHeader(given, name, () => ""))).toBe("malformed");
  });

  test("refuses a signature that is sent in two headers, though both are right", () => {
    const twice = given.headers.flatMap((header) => (header[0] === name ? [header, header] : [header]));
    expect(because({ ...given, headers: twice })).toBe("doubled");
  });

  test("takes one right secret of several, but none that is over", () => {
    const [secret = ""] = given.secrets.filter((each) => typeof each === "string");
    const other = "whsec_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
    expect(because({ ...given, secrets: [other, secret] })).toBe("genuine");
    const until = (ms: number) => ({ secret, until: new Date(given.nowMs + ms).toISOString() });
    expect(because({ ...given, secrets: [other, until(1_000)] })).toBe("genuine");
    expect(because({ ...given, secrets: [other, until(0)] })).toBe("mismatch");
    expect(because({ ...given, secrets: [until(-1_000)] })).toBe("no_secret");
    expect(because({ ...given, secrets: [] })).toBe("no_secret");
  });
});

describe.each(timed)("the time of %s", (_name, given) => {
  const tolerance = given.kind === "hmac" ? 60_000 : 300_000;
  test("may be off by the tolerance, either way, and no more", () => {
    for (const off of [-tolerance, tolerance]) {
      expect(because({ ...given, nowMs: given.nowMs + off })).toBe("genuine");
      expect(because({ ...given, nowMs: given.nowMs + off + Math.sign(off) })).toBe("stale");
    }
  });
});

test("of two signatures one that is right is enough", () => {
  const wrong = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  const name = "webhook-signature";
  expect(because(withHeader(standard, name, (right) => `${wrong} ${right}`))).toBe("genuine");
  expect(because(withHeader(standard, name, (right) => `${right} v1a,${wrong}`))).toBe("genuine");
  expect(because(withHeader(standard, name, () => `${wrong} ${wrong}`))).toBe("mismatch");
  const stripeWrong = `v1=${"a".repeat(64)}`;
  expect(because(withHeader(stripe, "Stripe-Signature", (right) => `${stripeWrong},${right}`))).toBe(
    "genuine",
  );
  const hubWrong = `sha256=${"a".repeat(64)}`;
  expect(because(withHeader(github, "X-Hub-Signature-256", (right) => `${hubWrong}, ${right}`))).toBe(
    "genuine",
  );
});

test("an id or a time that was changed is refused, for they are signed", () => {
  expect(because(withHeader(standard, "webhook-id", (id) => `${id}2`))).toBe("mismatch");
  expect(because(withHeader(standard, "webhook-timestamp", () => "1614265331"))).toBe("mismatch");
  for (const wrong of ["", "soon", "1e9", "-5", "16142653300000"]) {
    expect(because(withHeader(standard, "webhook-timestamp", () => wrong)), wrong).toBe("malformed");
  }
  expect(because(withHeader(stripe, "Stripe-Signature", (text) => `t=1,${text}`))).toBe("malformed");
});

test("what the library of Standard Webhooks signs is genuine", () => {
  const secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  const sentAt = new Date(at * 1_000);
  const body = '{"event":"ünïcode ✓"}';
  const signature = new Webhook(secret).sign("msg_2", sentAt, body);
  const headers: [string, string][] = [
    ["webhook-id", "msg_2"],
    ["webhook-timestamp", String(at)],
    ["webhook-signature", signature],
  ];
  const given: Given = { ...standard, secrets: [secret], headers, body, nowMs: at * 1_000 };
  expect(because(given)).toBe("genuine");
});

describe("basic", () => {
  const header = (text: string): [string, string][] => [
    ["Authorization", `Basic ${Buffer.from(text).toString("base64")}`],
  ];
  const given: Given = {
    kind: "basic",
    secrets: ["old:word", "päss"],
    options: { basic: { user: "crm" } },
    headers: header("crm:päss"),
    body: "",
    nowMs: 0,
  };
  test("takes the user with any of the passwords, and nothing else", () => {
    expect(because(given)).toBe("genuine");
    expect(because({ ...given, headers: header("crm:old:word") })).toBe("genuine");
    for (const text of ["crm:pass", "CRM:päss", "crm:", "crm", "", "crm:pässs"]) {
      expect(because({ ...given, headers: header(text) }), text).not.toBe("genuine");
    }
    expect(because({ ...given, headers: [["authorization", "Bearer x"]] })).toBe("malformed");
    expect(because({ ...given, headers: [] })).toBe("missing");
    expect(because({ ...given, headers: [...given.headers, ...given.headers] })).toBe("doubled");
  });
});

describe("a static token", () => {
  const given: Given = {
    kind: "token",
    secrets: ["tok-1", "tok-2"],
    options: { token: { header: "X-Gitlab-Token", prefix: "" } },
    headers: [["x-gitlab-token", "tok-2"]],
    body: "",
    nowMs: 0,
  };
  test("takes any of the tokens, and nothing else", () => {
    expect(because(given)).toBe("genuine");
    for (const token of ["tok-", "tok-22", "", "TOK-2"]) {
      expect(because({ ...given, headers: [["x-gitlab-token", token]] }), token).toBe("mismatch");
    }
    const bearer = { token: { header: "Authorization", prefix: "Bearer " } };
    expect(because({ ...given, options: bearer, headers: [["authorization", "Bearer tok-1"]] })).toBe(
      "genuine",
    );
    expect(because({ ...given, options: bearer, headers: [["authorization", "tok-1"]] })).toBe("malformed");
  });
});

test("the words of a refusal hold nothing of a secret or a signature", () => {
  for (const [, given] of signed) {
    const said = verdict({ ...given, body: "another" });
    const text = JSON.stringify(said);
    for (const secret of given.secrets) expect(text).not.toContain(secret);
    for (const [, value] of given.headers) expect(text).not.toContain(value);
  }
});
