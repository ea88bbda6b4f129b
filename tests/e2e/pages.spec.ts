// Every page, light and dark, wide and narrow: it shows what it should, the accessibility rules find nothing, nothing is
// cut off, and a picture of it is kept.
import AxeBuilder from "@axe-core/playwright";
import { expect, signIn, test } from "./fixtures.ts";

const pages = [
  { name: "overview", path: "/overview" },
  { name: "providers", path: "/providers" },
  { name: "provider", path: "/providers/gallery" },
  { name: "policy", path: "/providers/gallery/policy" },
  { name: "provider-new", path: "/providers/new" },
  { name: "failures", path: "/failures" },
  { name: "failures-empty", path: "/failures?provider=gallery-idle" },
];

for (const scheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test(`every page is accessible and fits, ${scheme}, ${width} wide`, async ({
      browser,
      api,
      aProvider,
      picture,
      baseURL,
      simulator,
    }) => {
      if (!(await isThere(api, "gallery"))) {
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
        await expect.poll(() => simulator.provider("gallery").counts().received).toBe(6);
      }
      const context = await browser.newContext({
        colorScheme: scheme,
        viewport: { width, height: 800 },
        baseURL,
      });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
      page.on("console", (message) => {
        if (message.type() === "error") faults.push(`${page.url()}: ${message.text()}`);
      });
      const inspect = async (name: string) => {
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        const { violations } = await new AxeBuilder({ page })
          .withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"])
          .analyze();
        expect(violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
        await picture(page, `${name}-${scheme}-${width}`);
      };
      await page.goto("/signin");
      await inspect("signin");
      await signIn(page);
      const { items } = await api<{ items: { id: string }[] }>("GET", "/failures?provider=gallery");
      for (const { name, path } of [...pages, { name: "record", path: `/records/${items[0]?.id}` }]) {
        await page.goto(path);
        await inspect(name);
      }
      await page.getByRole("button", { name: "Reject…" }).first().click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
      const dialog = await new AxeBuilder({ page }).include('[role="dialog"]').analyze();
      expect(dialog.violations.map(({ id, nodes }) => `dialog: ${id}: ${nodes[0]?.html}`)).toEqual([]);
      await picture(page, `reject-dialog-${scheme}-${width}`);
      expect(faults).toEqual([]);
      await context.close();
    });
  }
}

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

async function isThere(
  api: (method: string, path: string) => Promise<Record<string, unknown>>,
  slug: string,
): Promise<boolean> {
  const { items } = (await api("GET", "/providers")) as { items: { slug: string }[] };
  return items.some((provider) => provider.slug === slug);
}
