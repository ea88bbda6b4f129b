// Canaries on the screen: the loopback's strip from the first minute, a provider's with its history, light and dark, wide and
// narrow, by mouse and by keyboard.
import type { Page } from "@playwright/test";
import type { ProviderHandle } from "#simulator/server.ts";
import { type Api, expect, signIn, test } from "./fixtures.ts";
import { inspectionOf } from "./inspect.ts";
import { support } from "./installation.ts";

const canaryOf = (page: Page, slug: string) => page.locator(`[data-testid=canary][data-slug=${slug}]`);

test("the overview shows that Redrive itself is well, and its provider stands apart from the others", async ({
  page,
  aProvider,
}) => {
  await aProvider("neighbour");
  await signIn(page);
  const loopback = canaryOf(page, "loopback");
  await expect(loopback.getByTestId("canary-state")).toHaveText("Well");
  await expect(loopback.locator('[data-state="ok"]').first()).toBeVisible();
  await expect(loopback).toContainText(/last .* (ms|s)/);
  const strip = page.getByRole("list", { name: "Providers", exact: true });
  await expect(strip.getByText("neighbour")).toBeVisible();
  await expect(strip.getByText("Loopback")).toHaveCount(0);

  await loopback.getByRole("link", { name: "Redrive itself" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Loopback" })).toBeVisible();
  await expect(page.getByText("whatever the providers do")).toBeVisible();

  await page.goto("/providers");
  await expect(page.locator('[data-testid=provider][data-slug="loopback"]')).toHaveCount(0);
  await expect(
    page.getByRole("list", { name: "Built in" }).getByRole("link", { name: "Loopback" }),
  ).toBeVisible();
});

test("B4: a canary is run by hand, tells why it failed, and is switched off", async ({
  page,
  api,
  aProvider,
}) => {
  const provider = await aProvider("mine");
  await api("POST", "/canaries", {
    slug: "mine-hourly",
    provider: "mine",
    cron: "59 23 31 12 *",
    payload: { ping: true },
    limitMs: 3_000,
  });
  await signIn(page);
  await page.goto("/providers/mine");
  const canary = canaryOf(page, "mine-hourly");
  const runNow = canary.getByRole("button", { name: "Run now" });
  await expect(canary.getByTestId("canary-state")).toHaveText("First run to come");
  await runNow.click();
  await expect(canary.getByTestId("canary-state")).toHaveText("Well");

  provider.set({ errorShare: 1 });
  await runNow.click();
  await expect(canary.getByTestId("canary-state")).toHaveText("Failed");
  await expect(canary.getByRole("img")).toHaveAccessibleName(
    "Canary mine-hourly: 1 of the last 2 runs well, 1 failed",
  );
  // It is nobody's business: neither a failure nor a delivery.
  await expect(page.getByText("Nothing here needs you.")).toBeVisible();
  await expect(page.getByText("Nothing has been delivered yet.")).toBeVisible();

  await canary.getByText("History").focus();
  await page.keyboard.press("Enter");
  const rows = canary.getByRole("table").getByRole("row");
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(1)).toContainText("failed");
  await expect(rows.nth(1)).toContainText("Admin");
  await rows.nth(1).getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: "Canary mine-hourly" })).toBeVisible();

  await page.goto("/providers/mine");
  await canary.getByRole("button", { name: "Switch off" }).click();
  await expect(canary.getByTestId("canary-state")).toHaveText("Off");
  await expect(canary.getByRole("button", { name: "Switch on" })).toBeVisible();
});

test("who may run one may not switch it off, and reads why", async ({ page, api, aProvider }) => {
  await aProvider("theirs");
  await api("POST", "/canaries", { slug: "theirs", provider: "theirs", cron: "59 23 31 12 *", payload: {} });
  await signIn(page, support);
  await page.goto("/providers/theirs");
  const canary = canaryOf(page, "theirs");
  const off = canary.getByRole("button", { name: "Switch off" });
  await expect(off).toHaveAttribute("aria-disabled", "true");
  await expect(off).toHaveAccessibleDescription(/may not change teams, channels, alert rules and canaries/);
  await canary.getByRole("button", { name: "Run now" }).click();
  await expect(canary.getByTestId("canary-state")).toHaveText("Well");
});

test("strips are accessible and fit, light and dark, wide and narrow", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  await gallery(api, aProvider);
  const { visit, faults } = inspectionOf(page, { picture, prefix: "canaries-" });
  const withHistory = async () => {
    await expect(page.getByTestId("canary-strip").first()).toBeVisible();
    await page.getByText("History").first().click();
  };
  await signIn(page);
  await visit("overview", "/overview");
  await visit("providers", "/providers");
  await visit("loopback", "/providers/loopback", withHistory);
  await visit("provider", "/providers/canary-gallery", withHistory);
  expect(faults).toEqual([]);
});

/** A provider with some runs of each kind. */
async function gallery(api: Api, aProvider: (slug: string) => Promise<ProviderHandle>): Promise<void> {
  const provider = await aProvider("canary-gallery");
  const make = (slug: string, more: object = {}) =>
    api("POST", "/canaries", {
      slug,
      provider: "canary-gallery",
      cron: "59 23 31 12 *",
      payload: {},
      ...more,
    });
  await make("pictures", { expect: { status: 200 }, limitMs: 5_000 });
  await make("pictures-slow", { limitMs: 100 });
  await make("pictures-off", { enabled: false });
  const last = async (slug: string) => {
    const { items } = await api<{ items: { state: string }[] }>("GET", `/canaries/${slug}/runs?limit=1`);
    return items[0]?.state;
  };
  const run = async (slug: string) => {
    await api("POST", `/canaries/${slug}/run`, {});
    await expect.poll(() => last(slug)).not.toBe("running");
  };
  for (let n = 0; n < 20; n += 1) {
    provider.set({
      errorShare: n === 9 ? 1 : 0,
      latency: { medianMs: n === 14 ? 400 : 10 + 3 * n },
    });
    if (n === 14) await api("PATCH", "/canaries/pictures", { limitMs: 300 });
    await run("pictures");
    if (n === 14) await api("PATCH", "/canaries/pictures", { limitMs: 5_000 });
  }
  provider.set({ latency: { medianMs: 300 } });
  await run("pictures-slow");
}
