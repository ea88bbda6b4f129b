// An end user's own view, as they meet it: on a phone, and inside a host application's page on another origin.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import type { BrowserContext, FrameLocator, Page } from "@playwright/test";
import type { Sql } from "#db/client.ts";
import { darkPalette, lightPalette } from "#lib/core/portal-look.ts";
import { type Api, expect, signIn, test } from "./fixtures.ts";
import { accessible, expectSound, inspectionOf, lightAndDark } from "./inspect.ts";
import { apiKey } from "./installation.ts";

let sql: Sql;
test.beforeAll(({ installation }) => {
  sql = installation.sql;
});

type Minted = { token: string; url: string; embedUrl: string };
type Given = {
  owner: string;
  actions?: string[];
  expiresInSeconds?: number;
  once?: boolean;
  timeZone?: string;
};

const all = ["see", "retry", "edit", "withdraw"];
const mint = (api: Api, given: Given) => api<Minted>("POST", "/portal-tokens", { actions: all, ...given });

/** Gives up soon, and for good. */
const quick = { backoff: { baseMs: 500, factor: 1, jitter: 0, attemptsMax: 1 }, autoRedrive: false };
const wellFormed = { path: "phone", pattern: "^\\+", message: "phone must begin with +" };
/** The receiver stumbles over some while it takes others: an outage would charge nobody's attempts. */
const stumbles = { reject: wellFormed, refuseAs: 500 };
const stumbling = { phone: "none" };

/** What others send meanwhile, all of which arrives. */
async function amongOthers<T>(api: Api, provider: string, run: () => Promise<T>): Promise<T> {
  const sent: Promise<unknown>[] = [];
  const timer = setInterval(() => sent.push(send(api, provider, "others", "Another's")), 200);
  try {
    return await run();
  } finally {
    clearInterval(timer);
    await Promise.all(sent);
  }
}
const untilFailed = (api: Api, provider: string, id: string) =>
  amongOthers(api, provider, () => until(api, id, "failed"));

const send = (
  api: Api,
  provider: string,
  owner: string,
  subject: string,
  payload: object = { phone: "+44" },
) => api<{ id: string }>("POST", "/records", { provider, owner, subject, payload });
const until = (api: Api, id: string, status: string) =>
  expect.poll(async () => (await api("GET", `/records/${id}`)).status).toBe(status);

/** Without the seconds in which it can be taken back, which are another test's. */
const sendNow = (id: string) =>
  sql`update redrive.queue set due_at = clock_timestamp() where record_id = ${id}`;

const card = (page: Page | FrameLocator, title: string) =>
  page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: title }) });

const strict = [...accessible, "best-practice"];
const inspect = (page: Page, name: string, given: { frames?: boolean } = {}) =>
  expectSound(page, name, { tags: strict, ...given });

const aPhone = (of: { newContext: (options: object) => Promise<BrowserContext> }) =>
  of.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test("B9: on a phone what failed is tried again with one tap, taken back, tried again, and the page shows it arrive by itself", async ({
  browser,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("my-sms", { name: "Nimbus SMS", ...quick });
  provider.set(stumbles);
  const owner = "customer-phone";
  const { id } = await send(api, "my-sms", owner, "Text to Grace", stumbling);
  await untilFailed(api, "my-sms", id);
  const context = await aPhone(browser);
  const page = await context.newPage();
  await page.goto((await mint(api, { owner })).url);
  // The token has left the address.
  expect(new URL(page.url()).search).toBe("");
  expect(new URL(page.url()).pathname).toBe("/my");
  const mine = card(page, "Text to Grace");
  await expect(page.getByRole("heading", { name: "Needs you 1" })).toBeVisible();
  await expect(mine).toContainText("Nimbus SMS couldn't take it just then. Your data is fine.");
  await picture(page, "my-phone-needs-you");

  await mine.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "We're on it 1" })).toBeVisible();
  await expect(mine).toContainText("Sending…");
  await picture(page, "my-phone-undo");
  await mine.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("heading", { name: "Needs you 1" })).toBeVisible();
  expect((await api("GET", `/records/${id}`)).status).toBe("failed");

  provider.set({ reject: null });
  await mine.getByRole("button", { name: "Try again" }).click();
  await expect(mine).toContainText("Sending…");
  // Nobody touches it from here on.
  await expect(page.getByRole("heading", { name: "Sent 1" })).toBeVisible();
  await expect(mine).toContainText("Delivered");
  await picture(page, "my-phone-sent");
  await context.close();
});

test("while one looks, what support does shows by itself, and names nobody", async ({
  browser,
  api,
  aProvider,
}) => {
  const provider = await aProvider("my-live", { name: "Nimbus Mail", ...quick });
  provider.set(stumbles);
  const owner = "customer-live";
  const [first, second] = [
    await send(api, "my-live", owner, "Receipt 1", stumbling),
    await send(api, "my-live", owner, "Receipt 2", stumbling),
  ];
  await untilFailed(api, "my-live", first.id);
  await untilFailed(api, "my-live", second.id);
  const context = await aPhone(browser);
  const page = await context.newPage();
  await page.goto((await mint(api, { owner })).url);
  // One of them is on its way, so the page looks often.
  await card(page, "Receipt 1").getByRole("button", { name: "Try again" }).click();
  await api("POST", `/records/${second.id}/reject`, { reason: "Maria: fraud", code: "obsolete" });
  await expect(card(page, "Receipt 2")).toContainText("By our support. It was no longer needed.");
  await expect(page.locator("body")).not.toContainText("Maria");
  await context.close();
});

test("three tries a day: the fourth is refused kindly and says when", async ({
  browser,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("my-tries", { name: "Acme Books", ...quick });
  provider.set(stumbles);
  const owner = "customer-tries";
  const { id } = await send(api, "my-tries", owner, "Invoice INV-3050", stumbling);
  await untilFailed(api, "my-tries", id);
  const context = await aPhone(browser);
  const page = await context.newPage();
  const { url, token } = await mint(api, { owner });
  await page.goto(url);
  await page.getByRole("link", { name: "Invoice INV-3050", exact: true }).click();
  for (let n = 1; n <= 3; n += 1) {
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByText("Sending…")).toBeVisible();
    await sendNow(id);
    await untilFailed(api, "my-tries", id);
    await page.reload();
    await expect(page.getByText("Not delivered")).toBeVisible();
    await expect(page.getByText("You tried again")).toHaveCount(n);
  }
  await expect(
    page.getByText(/You have tried 3 times within a day\. You can try again at \d+ \w+ \d\d:\d\d\./),
  ).toBeVisible();
  await expect(page.getByRole("button", { name: "Try again" })).toHaveCount(0);
  await picture(page, "my-phone-three-tries");
  const fourth = await fetch(new URL(`/api/v1/my/records/${id}/retry`, page.url()), {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: "{}",
  });
  expect(fourth.status).toBe(429);
  expect(await fourth.json()).toMatchObject({ code: "rate_limited", at: expect.any(String) });
  await context.close();
});

test("refused data: the field that is wrong is corrected in a form and resent, and nothing else of it is shown", async ({
  browser,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("my-fix", {
    name: "Acme Books",
    ...quick,
    edit: { allowed: ["/customer/postal_code", "/express"] },
  });
  provider.set({
    reject: { path: "customer.postal_code", pattern: "^\\d{5}$", message: "postal_code is invalid" },
  });
  const owner = "customer-fix";
  const payload = { customer: { name: "Grace", postal_code: "1O115" }, express: false };
  const { id } = await send(api, "my-fix", owner, "Invoice INV-2044", payload);
  await until(api, id, "failed");
  const context = await aPhone(browser);
  const page = await context.newPage();
  await page.goto((await mint(api, { owner })).url);
  await expect(card(page, "Invoice INV-2044")).toContainText("Acme Books says the postal code isn't valid.");
  await picture(page, "my-phone-refused");
  await page.getByRole("link", { name: "Fix and resend: Invoice INV-2044" }).click();
  await expect(page.getByLabel("postal code")).toHaveValue("1O115");
  await expect(page.locator("body")).not.toContainText("Grace");
  await page.getByRole("button", { name: "Fix and resend" }).click();
  await expect(page.getByRole("alert")).toHaveText("Change something first, then resend it.");
  await inspect(page, "fix");
  await picture(page, "my-phone-fix");
  await page.getByLabel("postal code").fill("10115");
  await page.getByRole("button", { name: "Fix and resend" }).click();
  await expect(page.getByText("You corrected it")).toBeVisible();
  await sendNow(id);
  await expect(page.getByText("Delivered").first()).toBeVisible();
  expect((await api("GET", `/records/${id}`)).payload).toEqual({
    customer: { name: "Grace", postal_code: "10115" },
    express: false,
  });
  await context.close();
});

test("withdrawing asks first, and then it is closed", async ({ browser, api, aProvider, picture }) => {
  const provider = await aProvider("my-withdraw", { name: "Acme Books", ...quick });
  provider.set(stumbles);
  const owner = "customer-withdraw";
  const { id } = await send(api, "my-withdraw", owner, "Invoice INV-2042", stumbling);
  await untilFailed(api, "my-withdraw", id);
  const context = await aPhone(browser);
  const page = await context.newPage();
  await page.goto((await mint(api, { owner })).url);
  await page.getByRole("link", { name: "Withdraw: Invoice INV-2042" }).click();
  await expect(page.getByRole("heading", { name: "Withdraw “Invoice INV-2042”?" })).toBeVisible();
  await inspect(page, "withdraw");
  await picture(page, "my-phone-withdraw");
  await page.getByRole("link", { name: "Keep it" }).click();
  expect((await api("GET", `/records/${id}`)).status).toBe("failed");
  await page.getByRole("link", { name: "Withdraw" }).click();
  await page.getByRole("button", { name: "Withdraw" }).click();
  await expect(page.getByRole("status")).toHaveText("It is withdrawn.");
  await expect(card(page, "Invoice INV-2042")).toContainText("You withdrew it.");
  expect((await api("GET", `/records/${id}`)).status).toBe("rejected");
  await context.close();
});

test("a page that has expired, and one that was opened before, lead back to the application", async ({
  browser,
  api,
  picture,
}) => {
  await api("PUT", "/settings/portal", { hostName: "Shop", hostUrl: "https://shop.example/orders" });
  // Its ten seconds pass on a phone of its own, meanwhile.
  const brief = await mint(api, { owner: "customer-once", expiresInSeconds: 10 });
  const other = await aPhone(browser);
  const expiring = await other.newPage();
  await expiring.goto(brief.url);
  await expect(expiring.getByRole("heading", { name: "Deliveries" })).toBeVisible();

  const context = await aPhone(browser);
  const page = await context.newPage();
  const once = await mint(api, { owner: "customer-once", once: true });
  await page.goto(once.url);
  await expect(page.getByRole("heading", { name: "Nothing here yet" })).toBeVisible();
  await inspect(page, "empty");
  await picture(page, "my-phone-empty");
  const again = await page.goto(once.url);
  expect(again?.status()).toBe(410);
  await expect(page.getByRole("heading", { name: "This page was opened before" })).toBeVisible();

  await expect
    .poll(async () => (await expiring.reload())?.status(), { timeout: 20_000, intervals: [1_000] })
    .toBe(410);
  await expect(expiring.getByRole("heading", { name: "This page has expired" })).toBeVisible();
  await expect(expiring.getByText("Open it again from Shop.")).toBeVisible();
  await expect(expiring.getByRole("link", { name: "Go to Shop" })).toHaveAttribute(
    "href",
    "https://shop.example/orders",
  );
  await inspect(expiring, "expired");
  await picture(expiring, "my-phone-expired");
  await context.close();
  await other.close();
});

/** A host application's page with the frame in it, on an origin of its own. */
async function aHost(src: string): Promise<{ origin: string; server: Server }> {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><html lang="en"><head><title>Shop</title><style>
body{font:16px/1.5 Georgia,serif;margin:0;background:#faf5ff;color:#2b1640}
header{background:#5b1a8b;color:#fff;padding:16px 24px;font-size:20px}
main{max-width:720px;margin:24px auto;padding:0 16px}
iframe{width:100%;height:720px;border:1px solid #e2d5ee;border-radius:4px}
</style></head><body><header>Shop</header><main><h1>Your orders</h1>
<iframe src="${src}" title="Deliveries"></iframe></main></body></html>`);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

test("B9: inside a host's page: allowed, it acts without a cookie and looks like the host; not allowed, it stays empty", async ({
  browser,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("my-embed", { name: "Nimbus SMS", ...quick });
  provider.set(stumbles);
  const owner = "customer-embed";
  const { id } = await send(api, "my-embed", owner, "Text to Alan", stumbling);
  await untilFailed(api, "my-embed", id);
  const arrived = await send(api, "my-embed", owner, "Text to Ada");
  await until(api, arrived.id, "delivered");
  const { embedUrl } = await mint(api, { owner, once: true });
  const { embedUrl: another } = await mint(api, { owner });
  const [host, stranger] = [await aHost(embedUrl), await aHost(another)];
  await api("PUT", "/settings/portal", {
    hostName: "Shop",
    frameAncestors: [host.origin],
    css: {
      accent: "#5b1a8b",
      ground: "#faf5ff",
      ink: "#2b1640",
      radius: "2px",
      font: "Georgia, serif",
      scheme: "light",
    },
  });
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 } });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  await page.goto(host.origin);
  const framed = page.frameLocator("iframe");
  const mine = card(framed, "Text to Alan");
  await expect(mine).toContainText("Not delivered");
  const button = mine.getByRole("button", { name: "Try again" });
  // The host's look, and its own mark stays where it is.
  await expect(button).toHaveCSS("background-color", "rgb(91, 26, 139)");
  await expect(button).toHaveCSS("border-radius", "2px");
  await expect(button).toHaveCSS("font-family", "Georgia, serif");
  await inspect(page, "embedded", { frames: true });
  await picture(page, "embed-my-in-host");

  await button.click();
  await expect(mine).toContainText("Sending…");
  await mine.getByRole("button", { name: "Undo" }).click();
  await expect(mine).toContainText("Not delivered");
  await framed.getByRole("link", { name: "Text to Alan", exact: true }).click();
  await expect(framed.getByText("You took it back")).toBeVisible();
  provider.set({ reject: null });
  await framed.getByRole("button", { name: "Try again" }).click();
  await expect(framed.getByText("Delivered").first()).toBeVisible();
  // No cookie was needed for any of it.
  expect(await context.cookies()).toEqual([]);
  expect(faults).toEqual([]);

  await page.goto(stranger.origin);
  await expect.poll(() => faults.join(" ")).toContain("frame-ancestors");
  await expect(page.frameLocator("iframe").getByText("Text to Alan")).toHaveCount(0);
  await picture(page, "embed-my-not-allowed");
  // Nor is the page of its own framed, by anybody.
  const own = await aHost(another.replace("/embed/my", "/my"));
  await api("PUT", "/settings/portal", { frameAncestors: [own.origin] });
  await page.goto(own.origin);
  await expect(page.frameLocator("iframe").getByText("Text to Alan")).toHaveCount(0);

  for (const { server } of [host, stranger, own]) server.close();
  await context.close();
});

/** The page is in the scheme's own colours, which it has without a script. */
async function isPainted(page: Page, scheme: "light" | "dark"): Promise<void> {
  const { ground } = { light: lightPalette, dark: darkPalette }[scheme];
  const [red, green, blue] = [1, 3, 5].map((from) => Number.parseInt(ground.slice(from, from + 2), 16));
  await expect(page.locator("body")).toHaveCSS("background-color", `rgb(${red}, ${green}, ${blue})`);
}

test("every page is accessible and fits a phone, light and dark", async ({
  browser,
  api,
  aProvider,
  picture,
}) => {
  await api("PUT", "/settings/portal", { hostName: "Shop" });
  const slug = "my-gallery";
  const provider = await aProvider(slug, { name: "Acme Books", ...quick, edit: { allowed: ["/phone"] } });
  const owner = "customer-gallery";
  provider.set({ reject: wellFormed });
  const sent = await send(api, slug, owner, "Invoice INV-2036");
  const refused = await send(api, slug, owner, "Invoice INV-3050", { phone: "none" });
  await until(api, sent.id, "delivered");
  await untilFailed(api, slug, refused.id);
  provider.set(stumbles);
  const failed = await send(
    api,
    slug,
    owner,
    "Receipt 77 for a customer with quite a long name that has to wrap",
    stumbling,
  );
  const closed = await send(api, slug, owner, "Invoice INV-2037", stumbling);
  await untilFailed(api, slug, failed.id);
  await untilFailed(api, slug, closed.id);
  await api("POST", `/records/${closed.id}/reject`, { reason: "twice", code: "duplicate" });
  await api("POST", `/providers/${slug}/pause`, { reason: "for the picture" });
  await send(api, slug, owner, "Invoice INV-2039");
  const context = await aPhone(browser);
  const page = await context.newPage();
  const { look, faults } = inspectionOf(page, {
    picture,
    looks: lightAndDark(390),
    tags: strict,
    wears: isPainted,
    nameOf: (name, { scheme }) => ["my-phone", name, scheme].filter(Boolean).join("-"),
  });
  await page.goto((await mint(api, { owner, timeZone: "Europe/Berlin" })).url);
  for (const name of ["Needs you 2", "We're on it 1", "Sent 1", "Closed 1"])
    await expect(page.getByRole("heading", { name })).toBeVisible();
  await look("");
  for (const { id, name } of [
    { id: refused.id, name: "record" },
    { id: failed.id, name: "long" },
  ]) {
    await page.goto(`/my/${id}`);
    await expect(page.getByRole("heading", { name: "What happened" })).toBeVisible();
    await look(name);
  }
  await page.goto(`/my/${refused.id}/fix`);
  await expect(page.getByLabel("phone")).toHaveValue("none");
  await look("fix");
  await page.goto("/my/019aa000-0000-7000-8000-000000000001");
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await look("not-found");
  expect(faults.filter((text) => !text.includes("404"))).toEqual([]);
  await context.close();
});

test("an end user's press stands in the operators' timeline under the owner's name", async ({
  page,
  api,
  aProvider,
  browser,
}) => {
  const provider = await aProvider("my-timeline", { name: "Acme Books", ...quick });
  provider.set(stumbles);
  const { id } = await send(api, "my-timeline", "customer-timeline", "Invoice INV-2043", stumbling);
  await untilFailed(api, "my-timeline", id);
  const context = await aPhone(browser);
  const phone = await context.newPage();
  await phone.goto((await mint(api, { owner: "customer-timeline" })).url);
  await phone.getByRole("button", { name: "Try again" }).click();
  await expect(phone.getByText("Sending…")).toBeVisible();
  await signIn(page);
  await page.goto(`/records/${id}`);
  await expect(page.getByText("owner: customer-timeline").first()).toBeVisible();
  await context.close();
});

test("the commands of docs/end-users.md do what it says, as they are written", async ({
  api,
  aProvider,
  baseURL,
}) => {
  await aProvider("acme-books", { name: "Acme Books" });
  const text = readFileSync("docs/end-users.md", "utf8").replaceAll("http://localhost:3000", baseURL ?? "");
  const blocks = (kind: string) =>
    [...text.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, code]) => code ?? "");
  const run = promisify(execFile);
  const env = { ...process.env, REDRIVE_API_KEY: apiKey, REDRIVE_URL: baseURL };
  const said: string[] = [];
  for (const block of blocks("sh"))
    said.push((await run("bash", ["-euo", "pipefail", "-c", block], { env })).stdout);
  const [record, token, settings, list] = said.map((one) => JSON.parse(one));
  expect(record).toMatchObject({ id: expect.any(String) });
  expect(token).toMatchObject({ url: expect.stringContaining("/my?token=") });
  expect(settings).toMatchObject({ hostName: "Shop", frameAncestors: ["https://shop.example"] });
  expect(list).toMatchObject({ items: expect.any(Array) });
  for (const block of blocks("js")) {
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", block], { env });
    expect(stdout).toContain("/embed/my?token=");
  }
  await until(api, record.id, "delivered");
});
