// Every page, light and dark, wide and narrow: it shows what it should, the accessibility rules find nothing, nothing is
// cut off, and a picture of it is kept.
import { expect, signIn, test } from "./fixtures.ts";
import { inspectionOf } from "./inspect.ts";

const pages = [
  { name: "overview", path: "/overview" },
  { name: "providers", path: "/providers" },
  { name: "provider", path: "/providers/gallery" },
  { name: "policy", path: "/providers/gallery/policy" },
  { name: "provider-new", path: "/providers/new" },
  { name: "failures", path: "/failures" },
  { name: "failures-empty", path: "/failures?provider=gallery-idle" },
];

test("every page is accessible and fits, light and dark, wide and narrow", async ({
  page,
  api,
  aProvider,
  picture,
  simulator,
}) => {
  const provider = await aProvider("gallery", wholePolicy(simulator.provider("gallery").url));
  provider.set({ reject: { path: "ok", pattern: "yes", message: "must be yes" } });
  await aProvider("gallery-idle", { name: "Idle gallery" });
  for (let n = 0; n < 6; n += 1) {
    await api("POST", "/records", {
      provider: "gallery",
      payload: { ok: n < 3 ? "yes" : "no" },
      subject: `Picture ${n}`,
    });
  }
  await expect.poll(() => provider.counts().received).toBe(6);
  const { visit, look, faults } = inspectionOf(page, { picture });
  await visit("signin", "/signin");
  await signIn(page);
  const { items } = await api<{ items: { id: string }[] }>("GET", "/failures?provider=gallery");
  for (const { name, path } of [...pages, { name: "record", path: `/records/${items[0]?.id}` }])
    await visit(name, path);
  await page.getByRole("button", { name: "Reject…" }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await look("reject-dialog", { within: '[role="dialog"]' });
  expect(faults).toEqual([]);
});

/** A policy with something of everything, for a page that shows all of it. */
const wholePolicy = (url: string) => ({
  name: "Gallery",
  auth: { kind: "header", name: "X-Api-Key", value: "a secret of the gallery" },
  health: { url: `${url}/health`, everyMs: 60_000, ill: [{ jsonPath: "$.status", equals: "down" }] },
  windows: {
    timeZone: "Europe/London",
    deliver: [{ days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from: "00:00", to: "24:00" }],
    maintenance: [{ days: ["mon"], from: "03:10", to: "03:11" }],
  },
  limits: { perMinute: 600, perDay: 1_000 },
  rules: [
    { when: { status: 409, jsonPath: "$.code", equals: "DUPLICATE" }, outcome: "duplicate" },
    {
      when: { status: "4xx", header: "x-reason", matches: "^late" },
      outcome: "invalid",
      team: "client_data",
      say: "The gallery says {words}",
    },
  ],
  schedules: [{ name: "nightly", cron: "0 2 * * *", run: "nightly-pictures" }],
});
