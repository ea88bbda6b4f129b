import { expect, test } from "vitest";
import { z } from "zod";
import { adapterSchemes } from "#lib/core/adapter-names.ts";
import { defineAdapter } from "#worker/adapters/adapter.ts";
import { builtInAdapters } from "#worker/adapters/registry.ts";
import { anAdapter, aRecord, moment, noTransactions } from "./support.ts";

test("the names that the API knows are the adapters that there are", () => {
  expect(Object.keys(adapterSchemes).sort()).toEqual(Object.keys(builtInAdapters({}, noTransactions)).sort());
});

const mine = defineAdapter({
  options: z.strictObject({ depth: z.int().max(3) }),
  create: ({ options }) => ({
    kind: "http",
    build: () => ({ method: "GET", path: `/${options.depth}`, headers: [], body: null }),
  }),
});
const application = { adapters: { mine }, handlers: {} };

test("an application's adapter is chosen by its name, with its own options", () => {
  const adapter = anAdapter("mine", { url: "https://a.example", options: { depth: 2 } }, { application });
  expect(adapter.kind === "http" && adapter.build(aRecord(), moment).path).toBe("/2");
});

test.each([
  ["mine", { url: "https://a.example", options: { depth: 4 } }, /^options\.depth: /],
  ["mine", { url: "https://a.example" }, /^options\.depth: /],
  ["email", { url: "smtp://a.example" }, /^options\.from: must be an e-mail address/],
  [
    "none",
    { url: "https://a.example" },
    /^adapter: there is none named "none"; there are email, .*, mine, slack, soap$/,
  ],
  ["constructor", { url: "https://a.example" }, /^adapter: there is none named "constructor"/],
  [
    "email",
    { url: "https://a.example", options: { from: "a@b.example" } },
    "url: email takes smtp: or smtps: URLs only",
  ],
  ["http-json", { url: "smtp://a.example" }, "url: http-json takes http: or https: URLs only"],
  ["mine", { url: "smtp://a.example", options: { depth: 1 } }, "url: mine takes http: or https: URLs only"],
])("%s with %j is refused with a sentence", (name, policy, sentence) => {
  expect(() => anAdapter(name, policy, { application })).toThrow(sentence);
});
