// Sources of webhooks in the dashboard: made, called for real, given another secret, switched off, taken out; and how the page
// looks, in each scheme and width.
import { standardHeaders } from "../support/standard-webhooks.ts";
import { type Api, expect, signIn, test } from "./fixtures.ts";
import { inspectionOf } from "./inspect.ts";
import { support } from "./installation.ts";

const firstSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const secondSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

const sends = async (address: string, body: string, secret: string): Promise<number> =>
  (await fetch(address, { method: "POST", body, headers: standardHeaders(body, { secret }) })).status;

type Figures = { accepted: number; refused: number };

/** Calls are counted every few seconds, apart from the storing. */
const untilCounted = (api: Api, slug: string, figures: Figures) =>
  expect
    .poll(async () => {
      const { items } = await api<{ items: { slug: string; lastHour: Figures }[] }>(
        "GET",
        "/inbound-sources",
      );
      return items.find((source) => source.slug === slug)?.lastHour;
    })
    .toMatchObject(figures);

test("a source is made, called, given another secret, switched off and taken out", async ({
  page,
  api,
  aProvider,
  picture,
  anotherBrowser,
  baseURL,
}) => {
  const provider = await aProvider("inbound-crm", { name: "CRM" });
  await signIn(page);
  await page.goto("/settings/inbound");
  await expect(page.getByText("Nobody sends webhooks here yet.")).toBeVisible();
  await picture(page, "inbound-empty");
  await page.getByRole("button", { name: "New source" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Mail events");
  await expect(dialog.getByLabel("Short name")).toHaveValue("mail-events");
  await dialog.getByLabel("Its calls become records of").selectOption("inbound-crm");
  await dialog.getByLabel("Secret").fill("not a secret of that kind");
  await dialog.getByLabel("Owner").fill("data.customer");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert").first()).toContainText("path like");
  await dialog.getByLabel("Owner").fill("$.data.customer");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert").first()).toContainText("base64");
  await picture(page, "inbound-dialog-refused");
  await dialog.getByRole("button", { name: "Make one" }).click();
  await expect(dialog.getByLabel("Secret")).toHaveValue(/^whsec_[\w+/]{43}=$/);
  await dialog.getByLabel("Secret").fill(firstSecret);
  await dialog.getByRole("button", { name: "Save" }).click();

  const source = page.getByTestId("source").filter({ hasText: "Mail events" });
  await expect(source).toContainText("Nothing has come yet");
  const address = (await source.locator("code").textContent()) ?? "";
  expect(address).toBe(`${baseURL}/api/v1/inbound/mail-events`);
  expect(await sends(address, '{"type":"mail.opened","data":{"customer":"c-7"}}', firstSecret)).toBe(202);
  expect(await sends(address, "{}", secondSecret)).toBe(401);
  await expect.poll(() => provider.counts().received).toBe(1);
  await untilCounted(api, "mail-events", { accepted: 1, refused: 1 });
  await page.reload();
  await expect(source).toContainText("Last hour: 1 taken · 1 refused");
  await expect(source).toContainText("its signature is made with another secret");
  const { items } = await api<{ items: { owner: string }[] }>("GET", "/records?provider=inbound-crm");
  expect(items.map(({ owner }) => owner)).toEqual(["c-7"]);

  await source.getByRole("button", { name: "New secret…" }).click();
  await dialog.getByLabel("Secret").fill(secondSecret);
  await picture(page, "inbound-rotate");
  await dialog.getByRole("button", { name: "Use it too" }).click();
  await expect(source).toContainText("2 secrets, one until");
  await expect.poll(() => sends(address, "{}", secondSecret)).toBe(202);
  expect(await sends(address, "{}", firstSecret)).toBe(202);

  await source.getByRole("button", { name: "Change…" }).click();
  await dialog.getByLabel("Switched on").uncheck();
  await dialog.getByLabel("Type").fill("none");
  await dialog.getByLabel("Largest body").fill("2000000");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert").first()).toContainText("1 MiB");
  await dialog.getByLabel("Largest body").fill("65536");
  await picture(page, "inbound-change");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(source).toContainText("Switched off");
  await expect.poll(() => sends(address, "{}", secondSecret)).toBe(503);
  const saved = await api<object>("GET", "/inbound-sources/mail-events");
  expect(saved).toMatchObject({ mapping: { type: null, owner: "$.data.customer" }, bytesMax: 65_536 });
  await picture(page, "inbound-list");

  const tess = await (await anotherBrowser()).newPage();
  await signIn(tess, support);
  await tess.goto("/settings/inbound");
  await expect(tess.getByTestId("source")).toContainText("Mail events");
  await expect(tess.getByRole("button", { name: "New source" })).toHaveAccessibleDescription(
    /may not change/,
  );

  await source.getByRole("button", { name: "Take out…" }).click();
  await dialog.getByRole("button", { name: "Take it out" }).click();
  await expect(source).toHaveCount(0);
  await expect.poll(() => sends(address, "{}", secondSecret)).toBe(404);
});

test("the sources' page is accessible and fits, light and dark, wide and narrow", async ({
  page,
  api,
  aProvider,
  picture,
  baseURL,
}) => {
  const provider = "inbound-axe";
  await aProvider(provider, { name: "A provider with a name that is rather long" });
  await api("POST", "/inbound-sources", {
    slug: provider,
    kind: "standard_webhooks",
    provider,
    secrets: [firstSecret],
  });
  await api("POST", "/inbound-sources", {
    slug: "inbound-axe-erp-with-a-name-of-some-length",
    name: "The resource planning of a customer whose name is long",
    kind: "hmac",
    provider,
    secrets: ["a-shared-secret"],
    options: { hmac: { header: "X-Signature" } },
    enabled: false,
  });
  const address = `${baseURL}/api/v1/inbound/${provider}`;
  await sends(address, "{}", firstSecret);
  await sends(address, "{}", secondSecret);
  await untilCounted(api, provider, { accepted: 1, refused: 1 });
  const { visit, look, faults } = inspectionOf(page, { picture });
  await signIn(page);
  const source = page.getByTestId("source").filter({ hasText: "/inbound-axeCopy" });
  await visit("inbound", "/settings/inbound", () =>
    expect(source).toContainText("Last hour: 1 taken · 1 refused"),
  );
  await page.getByRole("button", { name: "New source" }).click();
  await page.getByRole("dialog").getByLabel("It proves who it is by").selectOption("hmac");
  await look("inbound-dialog");
  expect(faults).toEqual([]);
});
