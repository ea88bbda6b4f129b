// A program's key, from its making to its end, as an administrator sees it; and a list as a file.
import type { APIRequestContext, Page } from "@playwright/test";
import { expect, signIn, test } from "./fixtures.ts";
import { inspectionOf } from "./inspect.ts";
import { support } from "./installation.ts";

/** What the API answers to a program with this key. */
const asked = async (request: APIRequestContext, key: string, path: string): Promise<number> =>
  (await request.get(`/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } })).status();

const itemOf = (page: Page, name: string) => page.getByTestId("key").filter({ hasText: name });

async function shownKey(page: Page): Promise<string> {
  const key = await page.getByTestId("shown-key").inputValue();
  expect(key).toMatch(/^rk_[\w-]{43}$/);
  return key;
}

test("a key is made, shown once, used, rotated and revoked", async ({
  page,
  context,
  request,
  aProvider,
  picture,
}) => {
  await aProvider("keyed", { name: "Keyed" });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page);
  await page.goto("/settings/keys");
  await expect(page.getByTestId("empty")).toContainText("No program has a key");

  // What is wrong stands beside its field.
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Make the key" }).click();
  await expect(dialog.getByTestId("policy-errors")).toContainText("must say what the key is for");
  await dialog.getByLabel("Name").fill("Order service");
  await dialog.getByLabel("Read").check();
  await dialog.getByRole("combobox", { name: "Only these providers" }).click();
  await page.getByRole("option", { name: "Keyed" }).click();
  await page.keyboard.press("Tab");
  await picture(page, "keys-new");
  await dialog.getByRole("button", { name: "Make the key" }).click();

  // Shown once: neither Escape nor a press beside it loses it, and it is nowhere in the page afterwards.
  const first = await shownKey(page);
  await page.keyboard.press("Escape");
  await page.mouse.click(5, 5);
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(first);
  await picture(page, "keys-shown");
  await page.getByRole("button", { name: "I have it" }).click();
  const item = itemOf(page, "Order service");
  await expect(item).toContainText("Enqueue, Read · Only Keyed");
  await expect(item).toContainText("Never used");
  expect(await page.content()).not.toContain(first);
  await page.reload();
  await expect(item).toBeVisible();
  expect(await page.content()).not.toContain(first);

  expect(await asked(request, first, "/providers/keyed")).toBe(200);
  expect(await asked(request, first, "/overview")).toBe(403);
  await page.reload();
  await expect(item).toContainText("Last used");

  // Both keys work until the overlap ends.
  await item.getByRole("button", { name: "Rotate" }).click();
  await dialog.getByLabel("The present key works for").selectOption("An hour");
  await dialog.getByRole("button", { name: "Make a new key" }).click();
  const second = await shownKey(page);
  expect(second).not.toBe(first);
  await expect(page.getByRole("dialog")).toContainText("works until");
  await page.getByRole("button", { name: "I have it" }).click();
  await expect(item).toContainText("what it was before works until");
  for (const key of [first, second]) expect(await asked(request, key, "/providers/keyed")).toBe(200);

  await item.getByRole("button", { name: "Change" }).click();
  await dialog.getByLabel("Name").fill("Orders");
  await dialog.getByLabel("Expires").selectOption("Never");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(itemOf(page, "Orders")).toContainText("never expires");
  await picture(page, "keys-list");

  await itemOf(page, "Orders").getByRole("button", { name: "Revoke" }).click();
  await dialog.getByRole("button", { name: "Revoke it" }).click();
  await expect(itemOf(page, "Orders").getByTestId("key-state")).toHaveAttribute("data-state", "revoked");
  for (const key of [first, second]) expect(await asked(request, key, "/providers/keyed")).toBe(401);
});

test("who may not manage keys is told so, and sees none", async ({ page }) => {
  await signIn(page, support);
  await page.goto("/settings/keys");
  await expect(page.getByText("may not manage API keys")).toBeVisible();
  await expect(page.getByTestId("key")).toHaveCount(0);
});

test("the keys' page is accessible and fits, light and dark, wide and narrow", async ({
  page,
  api,
  picture,
}) => {
  await api("POST", "/keys", {
    name: "Importer of the warehouse in Rotterdam",
    scopes: ["enqueue", "operate"],
    owner: "customer-42",
  });
  const { visit, look, faults } = inspectionOf(page, { picture });
  await signIn(page);
  await visit("keys", "/settings/keys", () => expect(page.getByTestId("key").first()).toBeVisible());
  await page.getByRole("button", { name: "New key" }).click();
  await expect(page.getByRole("dialog").getByLabel("Name")).toBeVisible();
  await look("keys-form");
  expect(faults).toEqual([]);
});

test("the failures that a filter shows are handed out as a file", async ({ page, api, aProvider }) => {
  const provider = await aProvider("filed", {
    name: "Filed",
    backoff: { baseMs: 500, factor: 1.5, jitter: 0, attemptsMax: 1 },
  });
  provider.set({ reject: { path: "zip", pattern: "^\\d{5}$", message: "must be five digits" } });
  const { id } = await api<{ id: string }>("POST", "/records", {
    provider: "filed",
    payload: { zip: "none" },
    subject: "=1+1",
  });
  await expect.poll(async () => (await api("GET", `/records/${id}`)).status).toBe("failed");
  await signIn(page);
  await page.goto("/failures?provider=filed");
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export as CSV" }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toMatch(/^failures-\d{4}-\d\d-\d\d\.csv$/);
  const chunks: Uint8Array[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Uint8Array);
  const [names, ...rows] = Buffer.concat(chunks).toString("utf8").trimEnd().split("\r\n");
  expect(names?.startsWith("\uFEFFid,state,provider")).toBe(true);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toContain(id);
  expect(rows[0]).toContain(",'=1+1,");
});
