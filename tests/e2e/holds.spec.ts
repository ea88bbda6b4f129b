// Each reason for which nothing is sent, made real: the provider's page says in words what it is doing, why, and when that
// changes; a picture of each is kept.
import type { Page } from "@playwright/test";
import { days } from "#lib/core/calendar.ts";
import { type Api, expect, signIn, test } from "./fixtures.ts";

const send = (api: Api, provider: string, n = 1) =>
  api<{ id: string }>("POST", "/records", { provider, payload: { n }, subject: `Record ${n}` });

const dayMs = 86_400_000;
/** The weekday of a moment, UTC. */
const weekdayOf = (ms: number) => days[(new Date(ms).getUTCDay() + 6) % 7];

/** Dark and narrow. */
async function likeAPhone(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 800 });
}

test("switched off", async ({ page, api, aProvider, picture }) => {
  await aProvider("off", { name: "Old Archive", flags: { enabled: false } });
  await send(api, "off");
  await signIn(page);
  await page.goto("/providers/off");
  await expect(page.getByTestId("headline")).toHaveText(
    /^Switched off: nothing is sent until someone switches it on\. 1 record waits/,
  );
  await picture(page, "hold-disabled");
});

test("paused", async ({ page, api, aProvider, picture }) => {
  await aProvider("paused", { name: "Pigeon Post" });
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await api("POST", "/providers/paused/pause", { reason: "Their data centre moves", until });
  await send(api, "paused");
  await signIn(page);
  await page.goto("/providers/paused");
  await expect(page.getByTestId("headline")).toHaveText(
    /^Paused by .+ until \d\d:\d\d\. “Their data centre moves” 1 record waits/,
  );
  await picture(page, "hold-paused");
});

test("outside the delivery window, by the provider's clock and the reader's", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  const inThreeDays = weekdayOf(Date.now() + 3 * dayMs);
  await aProvider("window", {
    name: "Tokyo Customs",
    windows: { timeZone: "Asia/Tokyo", deliver: [{ days: [inThreeDays], from: "09:00", to: "17:00" }] },
  });
  await send(api, "window");
  await signIn(page);
  await page.goto("/providers/window");
  const headline = page.getByTestId("headline");
  await expect(headline).toHaveText(
    /^Waiting: it is outside the delivery window, which opens at \d+ \w{3} 09:00 Tokyo time \(00:00 your time\)\./,
  );
  await expect(page.getByTestId("hold")).toHaveText("Outside its hours");
  await picture(page, "hold-outside-window-light-1280");

  await likeAPhone(page);
  await expect(headline).toHaveText(/Tokyo time/);
  await picture(page, "hold-outside-window-dark-390");
});

test("in the provider's maintenance window", async ({ page, api, aProvider, picture }) => {
  const today = weekdayOf(Date.now());
  const next = weekdayOf(Date.now() + dayMs);
  await aProvider("maintenance", {
    name: "Harbour Bank",
    windows: { maintenance: [{ days: [today, next], from: "00:00", to: "24:00" }] },
  });
  await send(api, "maintenance");
  await signIn(page);
  await page.goto("/providers/maintenance");
  await expect(page.getByTestId("headline")).toHaveText(
    /^Waiting: the provider is in its maintenance window, which ends at \d+ \w{3} 00:00\./,
  );
  await picture(page, "hold-maintenance");
});

test("the day's quota is spent", async ({ page, api, aProvider, picture }) => {
  const provider = await aProvider("quota", {
    name: "Post Office",
    limits: { perDay: 1 },
    windows: { timeZone: "America/New_York" },
  });
  for (let n = 1; n <= 3; n += 1) await send(api, "quota", n);
  await expect.poll(() => provider.counts().keys).toBe(1);
  await signIn(page);
  await page.goto("/providers/quota");
  await expect(page.getByTestId("headline")).toHaveText(
    /^Waiting: the 1 of a day are sent\. The next go at (\d+ \w{3} )?00:00 New York time \(.+ your time\)\. 2 records wait/,
  );
  await expect(page.getByTestId("quota")).toContainText("Today 1 of 1 are sent");
  await picture(page, "hold-quota-spent");
});

test("the breaker is open", async ({ page, api, aProvider, picture }) => {
  const provider = await aProvider("broken", {
    name: "City Tax",
    breaker: { probeEveryMs: 600_000, goodTrials: 3 },
  });
  provider.set({ outage: "503" });
  for (let n = 1; n <= 12; n += 1) await send(api, "broken", n);
  await signIn(page);
  await page.goto("/providers/broken");
  await expect(page.getByTestId("headline")).toHaveText(
    /^Stopped since \d\d:\d\d: .+\. Next test in \d+ (min|s)\./,
    {
      timeout: 60_000,
    },
  );
  await picture(page, "hold-breaker-open-light-1280");

  await page.goto("/providers");
  const row = page.locator('[data-slug="broken"]');
  await row.getByTestId("hold").hover();
  await expect(page.getByRole("tooltip")).toContainText(/failed/i);
  await picture(page, "holds-list-light-1280");

  await likeAPhone(page);
  await page.goto("/providers");
  await expect(page.getByTestId("hold").filter({ visible: true }).first()).toBeVisible();
  await picture(page, "holds-list-dark-390");
  await page.goto("/providers/broken");
  await expect(page.getByTestId("headline")).toHaveText(/^Stopped since/);
  await picture(page, "hold-breaker-open-dark-390");
});

test("the health check is ill", async ({ page, api, aProvider, simulator, picture }) => {
  const known = simulator.provider("ill");
  known.set({ health: "always_ill" });
  await aProvider("ill", {
    name: "Clinic Lab",
    health: { url: `${known.url}/health`, everyMs: 60_000, timeoutMs: 1_000 },
  });
  await send(api, "ill");
  await signIn(page);
  await page.goto("/providers/ill");
  await expect(page.getByTestId("headline")).toHaveText(
    /^Waiting: the health check said 503\. It is asked again in \d+ s\. 1 record waits/,
  );
  await expect(page.getByTestId("health")).toContainText("Ill: the health check said 503");
  await picture(page, "hold-unhealthy");
});

test("its policy can't be used", async ({ page, api, aProvider, picture }) => {
  await aProvider("unusable", { name: "Odd Options", options: { colour: "red" } });
  await send(api, "unusable");
  await signIn(page);
  await page.goto("/providers/unusable");
  await expect(page.getByTestId("headline")).toHaveText(
    /^Stopped: its policy can't be used, options: .+\. It is tried again in \d+ s, or as soon as its policy is mended\./,
  );
  await expect(page.getByTestId("hold")).toHaveText("Can't be used");
  await picture(page, "hold-unusable");
});

test("a health check that lies is not believed", async ({ page, api, aProvider, simulator, picture }) => {
  const known = simulator.provider("liar");
  known.set({ health: "always_ok" });
  const provider = await aProvider("liar", {
    name: "Weather Office",
    health: { url: `${known.url}/health`, everyMs: 1_000, timeoutMs: 500 },
  });
  provider.set({ latency: { distribution: "fixed", medianMs: 2_500 } });
  await send(api, "liar", 1);
  await expect.poll(() => provider.counts().received).toBe(1);
  // While the first is still under way, the next wants to know whether it may go.
  provider.set({ health: "always_ill" });
  await signIn(page);
  await page.goto("/providers/liar");
  let n = 1;
  await expect
    .poll(
      async () => {
        n += 1;
        await send(api, "liar", n);
        return page.getByTestId("headline").textContent();
      },
      { timeout: 60_000, intervals: [400] },
    )
    .toContain("Its health check said 503, but deliveries succeed, so it is not believed.");
  await picture(page, "health-check-lies");
});

test("shadow: all but the call, and what would have gone is in the timeline", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("shadow", { name: "New Ledger", flags: { shadow: true } });
  const { id } = await send(api, "shadow", 7);
  await expect.poll(async () => (await api("GET", `/records/${id}`)).status).toBe("discarded");
  expect(provider.counts().received).toBe(0);
  await signIn(page);
  await page.goto("/providers/shadow");
  await expect(page.getByTestId("headline")).toHaveText(
    "Shadow: everything but the call is done. What would have gone is in each record's timeline. Nothing waits.",
  );
  await picture(page, "shadow-provider");
  await page.goto(`/records/${id}`);
  await expect(page.getByText("What would have been sent")).toBeVisible();
  await expect(page.getByText(/POST \/p\/shadow\/results/)).toBeVisible();
  await expect(page.getByTestId("status").first()).toHaveText("Shadow – not sent");
  await picture(page, "shadow-record");
});

test("a share of the records", async ({ page, aProvider }) => {
  await aProvider("share", { name: "Half a Bank", flags: { percentage: 25 } });
  await signIn(page);
  await page.goto("/providers/share");
  await expect(page.getByTestId("headline")).toContainText(
    "It sends 25 % of the records; the others are shadowed.",
  );
});
