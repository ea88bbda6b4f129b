// A page in each of its looks, light and dark, wide and narrow: the accessibility rules find nothing, nothing scrolls
// sideways, the console has no errors, and a picture is kept.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./fixtures.ts";

export type Look = { scheme: "light" | "dark"; width: number };

/** Each list is what one load is looked at in: a page begins both ways, and is changed from there. */
const loads: [Look, Look][] = [
  [
    { scheme: "light", width: 1280 },
    { scheme: "dark", width: 1280 },
  ],
  [
    { scheme: "dark", width: 390 },
    { scheme: "light", width: 390 },
  ],
];

type Given = {
  picture: (page: Page, name: string) => Promise<void>;
  /** Of the pictures: `<prefix><name>-<scheme>-<width>`. */
  prefix?: string;
  looks?: Look[];
  tags?: string[];
  /** Shows that the page wears the scheme; Mantine's attribute unless said otherwise. */
  wears?: (page: Page, scheme: Look["scheme"]) => Promise<void>;
  nameOf?: (name: string, look: Look) => string;
};

export type Inspection = {
  /** Loads the page wide and narrow, waits until it is ready, and looks at it. */
  visit: (name: string, path: string, ready?: () => Promise<unknown>) => Promise<void>;
  /** Looks at what is open now; `within` a part of it, by every rule there is. */
  look: (name: string, more?: { within?: string }) => Promise<void>;
  /** What the console said. */
  faults: string[];
};

const accessible = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

export function inspectionOf(page: Page, given: Given): Inspection {
  const { picture, prefix = "", looks = loads.flat(), tags = accessible, wears = mantineWears } = given;
  const { nameOf = (name, { scheme, width }) => `${prefix}${name}-${scheme}-${width}` } = given;
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`${page.url()}: ${message.text()}`);
  });

  const wear = async ({ scheme, width }: Look) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: page.viewportSize()?.height ?? 800 });
  };
  const check = async (name: string, look: Look, within?: string) => {
    const named = nameOf(name, look);
    await wears(page, look.scheme);
    await settled(page);
    const axe = new AxeBuilder({ page });
    const { violations } = await (within ? axe.include(within) : axe.withTags(tags)).analyze();
    expect(violations.map(({ id, nodes }) => `${named}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, `${named} scrolls sideways`).toBeLessThanOrEqual(0);
    await picture(page, named);
  };

  return {
    faults,
    async visit(name, path, ready = async () => {}) {
      for (const load of loads) {
        for (const [nth, look] of load.entries()) {
          await wear(look);
          if (nth === 0) {
            await page.goto(path);
            await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
            await ready();
          }
          await check(name, look);
        }
      }
    },
    async look(name, { within } = {}) {
      for (const look of looks) {
        await wear(look);
        await check(name, look, within);
      }
    },
  };
}

const mantineWears = (page: Page, scheme: Look["scheme"]) =>
  expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);

/** Waits until what moves to its place has come there, and what follows the width has followed. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    await frame();
    await frame();
    const ending = document
      .getAnimations()
      .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime));
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}
