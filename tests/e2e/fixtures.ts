// What each browser test has: an installation, a browser from the registry, a page, the API with a key, and the simulator.
import { mkdirSync } from "node:fs";
import {
  type BrowserContext,
  test as base,
  chromium,
  expect,
  type Page,
  type Response,
} from "@playwright/test";
import packedChromium from "@sparticuz/chromium";
import { type ProviderHandle, type Simulator, startSimulator } from "#simulator/server.ts";
import { faultsOf } from "#tests/support/contract.ts";
import { admin, anInstallation, apiKey, type Installation } from "./installation.ts";

/** An address below /api/v1 without its query. */
const bare = (path: string): string => path.split("?")[0] ?? path;

export type Api = <T = Record<string, unknown>>(method: string, path: string, body?: unknown) => Promise<T>;

type Given = {
  page: Page;
  api: Api;
  /** A provider of the simulator that Redrive knows under its name. */
  aProvider: (slug: string, policy?: Record<string, unknown>) => Promise<ProviderHandle>;
  /** Keeps a picture of the page among the test's results. */
  picture: (page: Page, name: string) => Promise<void>;
  /** Another person's browser. */
  anotherBrowser: () => Promise<BrowserContext>;
};

/** Of the packed browser's flags: one process for all, and a graphics card in software, which takes twice the time to paint. */
const notForTests = /single-process|headless|gpu|--use-gl|--use-angle|swiftshader/;

export const test = base.extend<Given, { installation: Installation; simulator: Simulator }>({
  installation: [
    // biome-ignore lint/correctness/noEmptyPattern: the fixture's signature is Playwright's
    async ({}, use) => {
      await using installation = await anInstallation();
      await use(installation);
    },
    { scope: "worker" },
  ],
  browser: [
    // biome-ignore lint/correctness/noEmptyPattern: the fixture's signature is Playwright's
    async ({}, use) => {
      const browser = await chromium.launch({
        executablePath: await packedChromium.executablePath(),
        args: [...packedChromium.args.filter((flag) => !notForTests.test(flag)), "--disable-gpu"],
        headless: true,
      });
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
  simulator: [
    // biome-ignore lint/correctness/noEmptyPattern: the fixture's signature is Playwright's
    async ({}, use) => {
      const simulator = await startSimulator();
      await use(simulator);
      await simulator.close();
    },
    { scope: "worker" },
  ],
  page: async ({ page }, use) => {
    const heard: Promise<string[]>[] = [];
    const hear = (response: Response) => void heard.push(faultsIn(response));
    page.on("response", hear);
    await use(page);
    // What is answered from here on comes to a page that is being closed.
    page.off("response", hear);
    expect((await Promise.all(heard)).flat()).toEqual([]);
  },
  baseURL: async ({ installation }, use) => use(installation.url),
  api: async ({ installation }, use) => {
    await use(async (method, path, body) => {
      const response = await fetch(`${installation.url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      const { status, headers } = response;
      expect(faultsOf({ method, path: bare(path), sent: body, status, headers, text })).toEqual([]);
      const answer = text === "" ? null : JSON.parse(text);
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
      return answer;
    });
  },
  aProvider: async ({ api, simulator }, use) => {
    await use(async (slug, policy = {}) => {
      const provider = simulator.provider(slug);
      provider.set({ latency: { distribution: "fixed", medianMs: 20 } });
      await api("POST", "/providers", {
        slug,
        url: `${provider.url}/results`,
        backoff: { baseMs: 1_000, factor: 1.5, jitter: 0.1, attemptsMax: 3 },
        breaker: { probeEveryMs: 2_000, goodTrials: 3 },
        timeoutMs: { connect: 1_000, headers: 3_000, total: 5_000 },
        ...policy,
      });
      return provider;
    });
  },
  picture: async ({ browserName: _ }, use) => {
    mkdirSync("test-results/pictures", { recursive: true });
    await use(async (page, name) => {
      await page.screenshot({ path: `test-results/pictures/${name}.png`, fullPage: true });
    });
  },
  anotherBrowser: async ({ browser, baseURL }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ baseURL, viewport: { width: 1280, height: 800 } });
      contexts.push(context);
      return context;
    });
    for (const context of contexts) await context.close();
  },
});

export { expect };

/** What the pages are answered is held against the API's description too. */
async function faultsIn(response: Response): Promise<string[]> {
  const { pathname } = new URL(response.url());
  if (!pathname.startsWith("/api/v1/")) return [];
  // A page that was left takes its answers along; what is here of such an answer is held all the same.
  const headers = new Headers(await response.allHeaders().catch(() => response.headers()));
  const text = isStream(headers) ? null : await response.text().catch(() => null);
  const request = response.request();
  return faultsOf({
    method: request.method(),
    path: pathname.slice("/api/v1".length),
    status: response.status(),
    headers,
    text,
  });
}

const isStream = (headers: Headers): boolean =>
  headers.get("content-type")?.startsWith("text/event-stream") ?? false;

type Person = { email: string; password: string };

/** The sessions of people who have signed in before. */
const sessions = new Map<string, Awaited<ReturnType<BrowserContext["cookies"]>>>();

/** Brings a person to the overview: at the sign-in page the first time, with the session of then from there on. */
export async function signIn(page: Page, who: Person = admin): Promise<void> {
  const session = sessions.get(who.email);
  if (!session) return signInAtPage(page, who);
  await page.context().addCookies(session);
  await page.goto("/overview");
  await page.waitForURL("**/overview");
}

export async function signInAtPage(page: Page, who: Person = admin): Promise<void> {
  await page.goto("/signin");
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/overview");
  sessions.set(who.email, await page.context().cookies());
}
