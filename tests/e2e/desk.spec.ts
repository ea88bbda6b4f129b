// Three troubles at once, and the people who deal with them: as groups, one by one, by a correction, and their settings.
import type { Page } from "@playwright/test";
import type { ProviderHandle } from "#simulator/server.ts";
import { type Api, expect, signIn, test } from "./fixtures.ts";
import { inspectionOf } from "./inspect.ts";
import { support } from "./installation.ts";

type Sent = { id: string };
type Trouble = { path: string; message: string };

/** Records that the provider refuses, all for one reason. */
async function refused(
  api: Api,
  provider: ProviderHandle,
  { path, message, slug, count, more = {} }: Trouble & { slug: string; count: number; more?: object },
): Promise<string[]> {
  provider.set({ reject: { path, pattern: "^\\d{5}$", message } });
  const sent: string[] = [];
  for (let n = 1; n <= count; n += 1) {
    const { id } = await api<Sent>("POST", "/records", {
      provider: slug,
      payload: { [path]: "SW1A", total: n, account: 77 },
      subject: `${path} ${n}`,
      owner: `customer-${n}`,
      ...more,
    });
    sent.push(id);
  }
  for (const id of sent)
    await expect.poll(async () => (await api("GET", `/records/${id}`)).status).toBe("failed");
  return sent;
}

const groupOf = (page: Page, text: string) => page.getByTestId("group").filter({ hasText: text });

test("D2 and D6: a storm is three rows, and each is dealt with as a whole", async ({
  page,
  api,
  aProvider,
  picture,
  anotherBrowser,
}) => {
  const provider = await aProvider("storm", {
    name: "Acme Books",
    breaker: { probeEveryMs: 2_000, goodTrials: 3 },
    backoff: { baseMs: 500, factor: 1.5, jitter: 0, attemptsMax: 1 },
  });
  const storm = { api, provider };
  const postal = await refused(storm.api, provider, {
    slug: "storm",
    path: "postal_code",
    message: "must be five digits",
    count: 12,
  });
  await refused(api, provider, { slug: "storm", path: "phone", message: "is no telephone", count: 4 });
  await refused(api, provider, { slug: "storm", path: "vat", message: "is no VAT number", count: 3 });

  await signIn(page);
  await page.goto("/failures?provider=storm");
  await expect(page.getByTestId("failure")).toHaveCount(19);
  await page.getByText("Groups", { exact: true }).click();
  await page.waitForURL(/view=groups/);
  await expect(page.getByTestId("group")).toHaveCount(3);
  const group = groupOf(page, "five digits");
  await expect(group.getByTestId("group-records")).toHaveText("12 records");
  await expect(group).toContainText("12 owners");
  await expect(group.getByTestId("mark-new")).toBeVisible();
  await expect(page.getByTestId("team-figures").filter({ hasText: "Client data" })).toBeVisible();
  await picture(page, "groups");

  // Who has it.
  await group.getByRole("button", { name: "Assign me" }).click();
  await expect(group).toContainText("has it");
  await expect(group.getByRole("button", { name: "Unassign" })).toBeVisible();
  await page.getByRole("tab", { name: /For me/ }).click();
  await expect(page.getByTestId("group")).toHaveCount(1);
  await page.getByRole("tab", { name: /All open/ }).click();
  await expect(page.getByTestId("group")).toHaveCount(3);

  // A note, and silence.
  await group.getByRole("button", { name: /^More about/ }).click();
  await page.getByRole("menuitem", { name: "Note…" }).click();
  await page.getByRole("textbox", { name: "Note" }).fill("They changed their form on Friday");
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(group.getByTestId("group-note")).toHaveText("They changed their form on Friday");
  await group.getByRole("button", { name: /^More about/ }).click();
  await page.getByRole("menuitem", { name: "Mute until…" }).click();
  await page.getByRole("button", { name: "An hour" }).click();
  await page.getByRole("button", { name: "Mute it" }).click();
  await expect(group.getByTestId("mark-muted")).toBeVisible();

  // Another team.
  const phone = groupOf(page, "phone");
  await phone.getByRole("button", { name: /^More about/ }).click();
  await page.getByRole("menuitem", { name: "Move to team…" }).click();
  await page.getByLabel("Team", { exact: true }).selectOption({ label: "Technical" });
  await picture(page, "group-move-dialog");
  await page.getByRole("button", { name: "Move it" }).click();
  await expect(phone).toContainText("Technical");
  await page.getByRole("tab", { name: /Technical/ }).click();
  await expect(page.getByTestId("group")).toHaveCount(1);
  await page.getByRole("tab", { name: /All open/ }).click();

  // One first, to see whether it helps; then all.
  provider.set({ reject: null });
  await group.getByRole("button", { name: "Run all 12 again…" }).click();
  await page.getByRole("radio", { name: "The first 1", exact: true }).check();
  await expect(page.getByRole("dialog")).toContainText("1 record goes to Acme Books again");
  await picture(page, "group-run-dialog");
  await page.getByRole("button", { name: "Run 1 again" }).click();
  await expect(group.getByTestId("group-records")).toHaveText("11 records of 12");
  await expect.poll(async () => (await api("GET", `/records/${postal[0]}`)).status).toBe("delivered");
  await group.getByRole("button", { name: "Run all 11 again…" }).click();
  await page.getByRole("button", { name: "Run 11 again" }).click();
  await expect(group).toContainText("Nothing of it is open now");
  await expect(group.getByTestId("group-last-act")).toContainText("ran 11 records again");
  await expect(group.getByRole("button", { name: "Run again…" })).toHaveAttribute("aria-disabled", "true");
  for (const id of postal)
    await expect.poll(async () => (await api("GET", `/records/${id}`)).status).toBe("delivered");

  // Somebody else is first: it is said who.
  const other = await anotherBrowser();
  const late = await other.newPage();
  await signIn(late);
  await late.goto("/failures?provider=storm&view=groups");
  await groupOf(late, "phone").getByRole("button", { name: "Reject all…" }).click();
  await phone.getByRole("button", { name: "Reject all…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("4 records of Acme Books are closed and never sent");
  await dialog.getByLabel("Reason").selectOption("obsolete");
  await dialog.getByLabel("Note").fill("They were tests");
  await picture(page, "group-reject-dialog");
  await dialog.getByRole("button", { name: "Reject 4" }).click();
  await expect(phone).toContainText("Nothing of it is open now");
  const lateDialog = late.getByRole("dialog");
  await lateDialog.getByLabel("Note").fill("Mine too");
  await lateDialog.getByRole("button", { name: "Reject 4" }).click();
  await expect(lateDialog.getByRole("alert")).toContainText(/has closed these already, unsent, at \d\d:\d\d/);
  await picture(late, "group-someone-was-first");

  // A group opens to its failures.
  await page.getByRole("link", { name: /VAT/ }).click();
  await page.waitForURL(/group=/);
  await expect(page.getByTestId("failure")).toHaveCount(3);
  await expect(page.getByTestId("group")).toHaveCount(1);
  await picture(page, "group-opened");
  await page.getByRole("button", { name: "All groups" }).click();
  await expect(page.getByTestId("failure")).toHaveCount(0);
});

test("D3 and D5: a payload is corrected, compared, sent, taken back in time, and sent after all", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("fix", { name: "Nimbus CRM", edit: { locked: ["/account"] } });
  const [id = ""] = await refused(api, provider, {
    slug: "fix",
    path: "postal_code",
    message: "must be five digits",
    count: 1,
    more: { correlationId: "order-81", type: "order.check" },
  });
  await api("POST", "/records", {
    provider: "fix",
    payload: { postal_code: "12345" },
    subject: "Order 81 finished",
    correlationId: "order-81",
  });
  await api("POST", "/records", {
    provider: "fix",
    payload: { postal_code: "12345" },
    subject: "Another order",
    correlationId: "order-811",
  });
  await signIn(page);
  await page.goto("/failures?provider=fix");
  const row = page.getByTestId("failure");
  await row.getByRole("button", { name: "Fix and resend…" }).click();
  const dialog = page.getByRole("dialog");
  const editor = dialog.getByRole("textbox", { name: "Payload as JSON" });
  await expect(editor).toHaveValue(/"postal_code": "SW1A"/);
  await expect(dialog).toContainText("/account is locked");
  const text = await editor.inputValue();
  await editor.fill(text.replace('"SW1A"', "SW1A"));
  await expect(dialog.getByRole("alert")).toContainText(/Line \d, column \d+: “SW1A” is no value/);
  await picture(page, "edit-broken");
  await editor.fill(text.replace("77", "78"));
  await expect(dialog.getByRole("alert")).toContainText("/account must stay as it was");
  await editor.fill(text);
  await dialog.getByRole("button", { name: "Compare…" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Nothing is changed yet");
  await editor.fill(text.replace("SW1A", "12345"));
  await dialog.getByRole("button", { name: "Compare…" }).click();
  await expect(dialog.getByLabel(/What differs/)).toContainText('"postal_code": "12345"');
  await dialog.getByRole("button", { name: "Send it" }).click();
  await expect(dialog).toContainText("Say why");
  await dialog.getByRole("button", { name: "Back" }).click();
  await expect(editor).toHaveValue(/"12345"/);
  await dialog.getByRole("button", { name: "Compare…" }).click();
  await dialog.getByLabel("Reason").fill("The customer told us");
  await picture(page, "edit-diff");
  const calls = provider.counts().received;
  await dialog.getByRole("button", { name: "Send it" }).click();
  await row.getByRole("button", { name: "Undo" }).click();
  await expect(row).toContainText("Taken back");
  expect(provider.counts().received).toBe(calls);
  expect((await api("GET", `/records/${id}`)).status).toBe("failed");

  await page.goto(`/records/${id}`);
  // The flow: what belongs to this order, and nothing of another.
  const steps = page.getByTestId("flow-step");
  await expect(steps).toHaveCount(2);
  await expect(steps.first()).toContainText("this record");
  await expect(steps.first()).toContainText("must be five digits");
  await expect(steps.last()).toContainText("Order 81 finished");
  await page.getByRole("button", { name: "Fix and resend…" }).click();
  const again = await editor.inputValue();
  await editor.fill(again.replace("SW1A", "54321").replace("12345", "54321"));
  await dialog.getByRole("button", { name: "Compare…" }).click();
  await dialog.getByLabel("Reason").fill("Now it is right");
  await dialog.getByRole("button", { name: "Send it" }).click();
  await expect.poll(async () => (await api("GET", `/records/${id}`)).status).toBe("delivered");
  await page.reload();
  await expect(page.getByRole("heading", { name: "Corrections" })).toBeVisible();
  await expect(page.getByText("“Now it is right”").first()).toBeVisible();
  await expect(page.getByLabel(/What correction \d changed/).first()).toContainText("54321");
  await picture(page, "record-corrected");
});

test("from whom values are hidden, they are shown for a reason; what one may not do says why", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("hidden", { name: "Harbour Bank" });
  await refused(api, provider, { slug: "hidden", path: "iban", message: "is no account", count: 2 });
  await signIn(page, support);
  await page.goto("/failures?provider=hidden&view=groups");
  const group = groupOf(page, "iban");
  await expect(group.getByRole("button", { name: "Reject all…" })).toHaveAttribute("aria-disabled", "true");
  await group.getByRole("button", { name: "Reject all…" }).hover();
  await expect(page.getByRole("tooltip")).toContainText("may not reject or reopen client-data failures");
  await page.goto("/failures?provider=hidden");
  await page.getByRole("button", { name: "Fix and resend…" }).first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Values are hidden from your role");
  await picture(page, "edit-hidden");
  await dialog.getByLabel("Reason").fill("The client is on the telephone");
  await dialog.getByRole("button", { name: "Show the values" }).click();
  await expect(dialog.getByRole("textbox", { name: "Payload as JSON" })).toHaveValue(/SW1A/);
  await page.goto("/settings/teams");
  await expect(page.getByText("may not change teams, channels")).toBeVisible();
});

test("teams, channels, routes and people are set in the dashboard", async ({
  page,
  api,
  aProvider,
  picture,
  simulator,
}) => {
  await aProvider("desk-hook", {
    name: "Desk hook",
    url: `${simulator.provider("desk-hook").url}/hook`,
  });
  await signIn(page);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.waitForURL("**/settings/teams");
  await page.getByRole("button", { name: "New team" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Addresses");
  await expect(dialog.getByLabel("Short name")).toHaveValue("addresses");
  await dialog.getByLabel("Skill").selectOption("client_data");
  await dialog.getByRole("button", { name: "Add a rule" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toContainText("must name one thing");
  await dialog.getByLabel("The message says").fill("of an address");
  await picture(page, "team-dialog");
  await dialog.getByRole("button", { name: "Save" }).click();
  const team = page.getByTestId("team").filter({ hasText: "Addresses" });
  await expect(team).toContainText("says “of an address”");

  const provider = await aProvider("addressed", { name: "Post Office" });
  await refused(api, provider, { slug: "addressed", path: "zip", message: "is not of an address", count: 1 });
  await page.goto("/failures?tab=addresses&view=groups");
  await expect(page.getByTestId("group")).toContainText("of an address");

  await page.goto("/settings/channels");
  await page.getByRole("button", { name: "New channel" }).click();
  await dialog.getByLabel("Name", { exact: true }).fill("Ops hook");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert").first()).toBeVisible();
  await picture(page, "channel-dialog-refused");
  await dialog.getByLabel("Kind").selectOption("webhook");
  await dialog.getByLabel("Provider").selectOption("desk-hook");
  await dialog.getByRole("button", { name: "Save" }).click();
  const channel = page.getByTestId("channel").filter({ hasText: "Ops hook" });
  await expect(channel).toContainText("Nothing has arrived there yet");
  await page.getByRole("button", { name: "Add a route" }).click();
  await page.getByLabel("Of team").last().selectOption("addresses");
  await page.getByRole("button", { name: "Save the routes" }).click();
  await expect(page.getByText("The routes are saved.")).toBeVisible();
  expect((await api<{ items: object[] }>("GET", "/routes")).items).toContainEqual(
    expect.objectContaining({ channel: "ops-hook", team: "addresses", severity: "info" }),
  );
  await channel.getByRole("button", { name: "Send a test" }).click();
  await expect(page.getByText("A test is on its way")).toBeVisible();
  await expect.poll(() => simulator.provider("desk-hook").counts().received).toBeGreaterThan(0);
  await picture(page, "settings-channels");

  await page.goto("/settings/people");
  const maria = page.getByTestId("person").filter({ hasText: "Maria Lopez" });
  await maria.getByRole("textbox").fill("not-an-id");
  await maria.getByRole("button", { name: "Save" }).click();
  await expect(maria).toContainText("Must be a Slack member ID");
  await maria.getByRole("textbox").fill("U0DESKMARIA");
  await maria.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Maria Lopez: saved.")).toBeVisible();
  await page.reload();
  await expect(maria.getByRole("textbox")).toHaveValue("U0DESKMARIA");
});

const pages = [
  { name: "groups", path: "/failures?view=groups" },
  { name: "groups-empty", path: "/failures?view=groups&tab=technical&provider=desk-axe-idle" },
  { name: "groups-me", path: "/failures?view=groups&tab=me" },
  { name: "group-gone", path: "/failures?group=0190a0b0-0000-7000-8000-000000000000" },
  { name: "settings-teams", path: "/settings/teams" },
  { name: "settings-channels", path: "/settings/channels" },
  { name: "settings-people", path: "/settings/people" },
];

test("the desk's pages are accessible and fit, light and dark, wide and narrow", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("desk-axe", { name: "A provider with a name that is rather long" });
  await aProvider("desk-axe-idle");
  await refused(api, provider, {
    slug: "desk-axe",
    path: "a_field_with_a_long_name",
    message:
      "is not what the provider of this service expects a field of this name to be at this time of year",
    count: 3,
    more: { correlationId: "desk-axe-flow" },
  });
  const { visit, look, faults } = inspectionOf(page, { picture, prefix: "desk-" });
  const loaded = () => expect(page.getByTestId("loading")).toHaveCount(0);
  await signIn(page);
  for (const { name, path } of pages) await visit(name, path, loaded);
  const failed = await api<{ items: { id: string }[] }>("GET", "/failures?provider=desk-axe");
  await visit("record", `/records/${failed.items[0]?.id}`, loaded);
  await page.getByRole("button", { name: "Fix and resend…" }).click();
  const editor = page.getByRole("textbox", { name: "Payload as JSON" });
  await editor.fill((await editor.inputValue()).replace("SW1A", "12345"));
  await page.getByRole("button", { name: "Compare…" }).click();
  await expect(page.getByLabel(/What differs/)).toBeVisible();
  await look("edit-diff");
  await page.goto("/failures?view=groups&provider=desk-axe");
  await page.getByRole("button", { name: /^Run all/ }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await look("run-dialog");
  await page.goto("/settings/teams");
  await page.getByRole("button", { name: "New team" }).click();
  await page.getByRole("button", { name: "Add a rule" }).click();
  await look("team-dialog");
  // One group is not there, and its page says so.
  expect(faults.filter((text) => !(text.includes("group=0190a0b0") && text.includes("404")))).toEqual([]);
});
