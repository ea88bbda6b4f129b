// A page in each of its looks, light and dark, wide and narrow: the accessibility rules find nothing, nothing scrolls
// sideways, the console has no errors, and a picture is kept.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./fixtures.ts";

export type Look = { scheme: "light" | "dark"; width: number };

export const lightAndDark = (width: number): [Look, Look] => [
  { scheme: "light", width },
  { scheme: "dark", width },
];

/** Each list is what one load is looked at in: a page begins both ways, and is changed from there. */
const loads: [Look, Look][] = [
  lightAndDark(1280),
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

export const accessible = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

/** The rules of all tags that a scheme can break. */
const colours = ["color-contrast", "link-in-text-block"];

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
    await expectSound(page, named, {
      tags: within ? undefined : tags,
      within,
      ofColours: look.scheme === "dark" && looks.some(isLightAt(look.width)),
    });
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

type Rules = {
  tags?: string[];
  within?: string;
  /** Those about colours alone: a scheme changes nothing else, and the others were asked at this width. */
  ofColours?: boolean;
  /** Frames from another origin as well, which costs a window of its own. */
  frames?: boolean;
};

/** The page as it is: the accessibility rules of these tags, or all of them within a part, and nothing sideways. */
export async function expectSound(page: Page, name: string, given: Rules = {}): Promise<void> {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode(!given.frames);
  if (given.within) axe.include(given.within);
  if (given.ofColours) axe.withRules(colours);
  else if (given.tags) axe.withTags(given.tags);
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
}

const isLightAt = (width: number) => (look: Look) => look.scheme === "light" && look.width === width;

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
