// What has a version is changed and deleted only at the version that was read.
import { afterAll, beforeAll, expect, test } from "vitest";
import * as alertRule from "#app/api/v1/alert-rules/[slug]/route.ts";
import { POST as createAlertRule } from "#app/api/v1/alert-rules/route.ts";
import * as canary from "#app/api/v1/canaries/[slug]/route.ts";
import { POST as createCanary } from "#app/api/v1/canaries/route.ts";
import * as channel from "#app/api/v1/channels/[slug]/route.ts";
import { POST as createChannel } from "#app/api/v1/channels/route.ts";
import * as provider from "#app/api/v1/providers/[slug]/route.ts";
import { POST as createProvider } from "#app/api/v1/providers/route.ts";
import { type Api, anApi, call } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats");
});
afterAll(() => api[Symbol.asyncDispose]());

test.each([
  ["a provider", createProvider, provider, { url: "https://ats.example" }, { batchSizeMax: 3 }],
  ["a channel", createChannel, channel, { kind: "webhook", provider: "ats" }, { enabled: false }],
  ["a canary", createCanary, canary, { provider: "ats", cron: "0 0 1 1 *", payload: {} }, { enabled: false }],
  ["an alert rule", createAlertRule, alertRule, { kind: "disk" }, { enabled: false }],
])(
  "%s is changed and deleted only at the version that was read",
  async (_what, create, { PATCH, DELETE }, made, change) => {
    const slug = "versioned";
    const at = (version: string) => ({ as: api.admin, params: { slug }, headers: { "if-match": version } });
    const first = await call(create, { as: api.admin, body: { slug, ...made } });
    expect(first.headers.get("etag")).toBe('"1"');
    const changed = await call(PATCH, { ...at('"1"'), method: "PATCH", body: change });
    expect(changed.headers.get("etag")).toBe('"2"');
    for (const late of [
      await call(PATCH, { ...at('"1"'), method: "PATCH", body: change }),
      await call(DELETE, { ...at('"1"'), method: "DELETE" }),
    ]) {
      expect(late).toMatchObject({
        status: 412,
        body: {
          code: "version_mismatch",
          by: "Ada <ada@example.org>",
          detail: expect.stringContaining("version 2"),
        },
      });
    }
    expect((await call(DELETE, { ...at("two"), method: "DELETE" })).status).toBe(422);
    expect((await call(DELETE, { ...at('"2"'), method: "DELETE" })).status).toBeLessThan(300);
    expect((await call(DELETE, { ...at('"2"'), method: "DELETE" })).status).toBe(404);
  },
);
