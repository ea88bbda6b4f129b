// A provider's policy, changed by people: what changes is shown before it does, what is wrong stands beside its field, two
// who edit at once hear of each other, and who may not is told why.

import type { Page } from "@playwright/test";
import { problemOf } from "#lib/contract/problem.ts";
import { type Api, expect, signIn, test } from "./fixtures.ts";
import { colleague, support } from "./installation.ts";

type Policy = {
  version: number;
  windows: { deliver: unknown[]; timeZone: string };
  limits: { perDay: number | null };
  rules: unknown[];
  auth: unknown;
  slowMs: number;
  batchSizeMax: number;
};
const policyOf = (api: Api, slug: string) => api<Policy>("GET", `/providers/${slug}`);

const review = (page: Page) => page.getByRole("button", { name: "Review and save…" });

test("an admin edits window, quota, rule and secret, and sees each change before it is saved", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  await aProvider("edited", {
    name: "Acme Books",
    auth: { kind: "header", name: "X-Api-Key", value: "the old secret" },
  });
  await signIn(page);
  await page.goto("/providers/edited");
  await page.getByRole("link", { name: "Edit policy" }).click();
  await page.waitForURL("**/providers/edited/policy");
  await expect(review(page)).toHaveAttribute("aria-disabled", "true");

  await page.getByLabel("Daily quota").fill("500");
  await page.getByLabel("An answer is slow from").fill("1.5");
  await page.getByRole("combobox", { name: "Time zone" }).fill("Europe/Lond");
  await page.getByRole("option", { name: "Europe/London" }).click();
  await page.getByRole("button", { name: "Add a delivery window" }).click();
  const window = page.getByRole("group", { name: "Delivery window 1" });
  await window.getByText("Sat").click();
  await window.getByLabel("From").fill("22:00");
  await window.getByLabel("To").fill("06:00");
  await page.getByRole("button", { name: "Add a rule" }).click();
  const rule = page.getByRole("group", { name: "Rule 1" });
  await rule.getByLabel("And").selectOption("A place in its JSON");
  await rule.getByLabel("JSON path").fill("$.code");
  await rule.getByLabel("Test").selectOption("Is exactly");
  await rule.getByLabel("Value").fill("DUPLICATE");
  await expect(rule).toContainText("409 with $.code = DUPLICATE counts as delivered (had it already)");
  await page.getByLabel("Header's value").fill("the new secret");
  await picture(page, "policy-editing");

  await review(page).click();
  const changes = page.getByTestId("changes");
  await expect(changes).toContainText("Daily quota");
  await expect(changes).toContainText("500");
  await expect(changes).toContainText("Mon–Sat, 22:00 to 06:00 the next day");
  await expect(changes).toContainText("its secret: replaced");
  await expect(changes).not.toContainText("the new secret");
  await picture(page, "policy-review");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL("**/providers/edited");
  await expect(page.getByText("Mon–Sat")).toBeVisible();
  await expect(page.getByText(/409 with \$\.code = DUPLICATE/)).toBeVisible();
  await picture(page, "policy-saved");

  const after = await policyOf(api, "edited");
  expect(after).toMatchObject({
    version: 2,
    slowMs: 1_500,
    limits: { perDay: 500 },
    windows: {
      timeZone: "Europe/London",
      deliver: [{ days: ["mon", "tue", "wed", "thu", "fri", "sat"], from: "22:00", to: "06:00" }],
    },
    rules: [{ when: { status: 409, jsonPath: "$.code", equals: "DUPLICATE" }, outcome: "duplicate" }],
    auth: { kind: "header", name: "X-Api-Key", value: null },
  });
});

test("what is wrong stands beside its field, and nothing is saved", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  await aProvider("wrong", { name: "Wrong Number" });
  await signIn(page);
  await page.goto("/providers/wrong/policy");
  // Its shape alone is wrong: seen before anything is sent.
  await page.getByLabel("Daily quota").fill("many");
  await review(page).click();
  await expect(page.getByLabel("Daily quota")).toHaveAccessibleDescription(/must be a number/i);
  await expect(page.getByLabel("Daily quota")).toBeFocused();
  await page.getByLabel("Daily quota").fill("10");
  await expect(page.getByTestId("policy-errors")).toBeHidden();

  // What does not fit together, the server says.
  await page.getByRole("button", { name: "Add a rule" }).click();
  const rule = page.getByRole("group", { name: "Rule 1" });
  await rule.getByLabel("And").selectOption("A place in its JSON");
  await rule.getByLabel("JSON path").fill("$.[");
  await page.getByRole("button", { name: "Add a maintenance window" }).click();
  await page.getByRole("group", { name: "Maintenance window 1" }).getByLabel("To").fill("02:00");
  await review(page).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByTestId("policy-errors")).toContainText("Maintenance window 1");
  await expect(page.getByTestId("policy-errors")).toContainText("Rule 1, JSON path");
  await expect(page.getByRole("group", { name: "Maintenance window 1" })).toContainText(
    "Ends when it starts",
  );
  await expect(rule.getByLabel("JSON path")).toHaveAttribute("aria-invalid", "true");
  await picture(page, "policy-errors");
  expect((await policyOf(api, "wrong")).version).toBe(1);

  // Leaving asks first.
  await page.getByRole("link", { name: "Overview" }).first().click();
  await expect(page.getByRole("dialog")).toContainText("Leave without saving?");
  await page.getByRole("button", { name: "Stay" }).click();
  await expect(page.getByLabel("Daily quota")).toHaveValue("10");
});

test("two edit at once: the second hears who was first, and loses nothing that was typed", async ({
  page,
  api,
  aProvider,
  anotherBrowser,
  picture,
}) => {
  await aProvider("two", { name: "Two Cooks" });
  await signIn(page);
  await page.goto("/providers/two/policy");
  await expect(review(page)).toBeVisible();
  // This page does not hear of what the other saves until its own save is refused.
  await page.route("**/api/v1/stream", (route) => route.abort());
  await page.reload();
  await page.getByLabel("Daily quota").fill("100");
  await page.getByLabel("Records at once, at most").fill("4");

  const other = await (await anotherBrowser()).newPage();
  await signIn(other, colleague);
  await other.goto("/providers/two/policy");
  await other.getByLabel("Daily quota").fill("250");
  await other.getByLabel("Tries of a record").fill("7");
  await review(other).click();
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await other.waitForURL("**/providers/two");

  const refused = page.waitForResponse(
    (response) => response.request().method() === "PATCH" && response.status() === 412,
  );
  const notice = page.getByTestId("newer");
  if (!(await notice.isVisible())) {
    await review(page).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await refused;
  }
  await expect(notice).toContainText("Maria Lopez changed this policy at");
  await expect(notice).toContainText("You changed daily quota as well");
  await picture(page, "policy-conflict");
  await page.getByRole("button", { name: "Load their version, keep what I typed" }).click();
  await expect(page.getByLabel("Daily quota")).toHaveValue("100");
  await expect(page.getByLabel("Tries of a record")).toHaveValue("7");
  await review(page).click();
  await expect(page.getByTestId("changes")).toContainText("250");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL("**/providers/two");
  expect(await policyOf(api, "two")).toMatchObject({
    version: 3,
    batchSizeMax: 4,
    limits: { perDay: 100 },
    backoff: { attemptsMax: 7 },
  });
});

test("who may not change it sees the button, and why it can't be pressed", async ({ page, aProvider }) => {
  await aProvider("locked", { name: "Locked Door" });
  await signIn(page, support);
  await page.goto("/providers/locked");
  const edit = page.getByRole("button", { name: "Edit policy" });
  await expect(edit).toHaveAttribute("aria-disabled", "true");
  await expect(edit).toHaveAccessibleDescription("Your role, Support, technical, may not change providers.");
  await page.goto("/providers/locked/policy");
  await expect(page.getByText("may not change providers")).toBeVisible();
});

test("a new provider is added with a name and an address", async ({ page, api, simulator, picture }) => {
  await signIn(page);
  await page.goto("/providers");
  await page.getByRole("link", { name: "New provider" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Fresh Fish & Co");
  await expect(page.getByLabel("Short name")).toHaveValue("fresh-fish-co");
  await page.getByLabel("Address").fill("fish");
  await page.getByRole("button", { name: "Add it" }).click();
  await expect(page.getByLabel("Address")).toHaveAttribute("aria-invalid", "true");
  await picture(page, "provider-new-refused");
  // Of what has no input here, the sentence stands above.
  await page.getByLabel("Address").fill("https://fish.example/orders");
  await page.route("**/api/v1/providers", (route) => route.fulfill(refusedElsewhere));
  await page.getByRole("button", { name: "Add it" }).click();
  await expect(page.getByText("options.from: must be given")).toBeVisible();
  await page.unroute("**/api/v1/providers");
  await page.getByLabel("Address").fill(`${simulator.provider("fresh-fish-co").url}/orders`);
  await page.getByRole("button", { name: "Add it" }).click();
  await page.waitForURL("**/providers/fresh-fish-co/policy");
  expect(await policyOf(api, "fresh-fish-co")).toMatchObject({ name: "Fresh Fish & Co", version: 1 });

  await page.goto("/providers/new");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Own code");
  await page.getByLabel("Address").fill("handler:own-code");
  await page.getByRole("button", { name: "Add it" }).click();
  await page.waitForURL("**/providers/own-code/policy");
  expect(await policyOf(api, "own-code")).toMatchObject({ adapter: "handler", batchSizeMax: 3 });
});

const errors = [{ field: "options.from", message: "must be given" }];
const refusedElsewhere = {
  status: 422,
  headers: { "cache-control": "no-store" },
  contentType: "application/problem+json",
  body: JSON.stringify(problemOf("invalid_input", "options.from: must be given.", { errors })),
};

test("a schedule is shown with its times, and runs now with a reason", async ({
  page,
  aProvider,
  picture,
}) => {
  await aProvider("nightly", {
    name: "Night Bus",
    schedules: [{ name: "nightly", cron: "0 2 * * *", run: "nightly-report" }],
  });
  await signIn(page);
  await page.goto("/providers/nightly");
  await page.getByRole("button", { name: "Run now…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("The night's run was missed");
  await picture(page, "schedule-run-dialog");
  await dialog.getByRole("button", { name: "Run now" }).click();
  await expect(page.getByText("nightly is started")).toBeVisible();
});
