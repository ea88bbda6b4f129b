// Alerts in the browser: one that begins by itself is acknowledged and silenced, a rule is changed by an administrator and by
// nobody else; every tab is accessible and fits, light and dark, wide and narrow, empty and filled.
import type { Page } from "@playwright/test";
import { type Api, expect, signIn, test } from "./fixtures.ts";
import { inspectionOf } from "./inspect.ts";
import { support } from "./installation.ts";

/** Records of a paused provider are too old after a second: an alert within one evaluation. */
async function anAlert(api: Api, slug: string): Promise<void> {
  await api("POST", "/alert-rules", {
    slug: `late-${slug}`,
    name: `Late records of ${slug}`,
    kind: "oldest_record",
    severity: "critical",
    provider: slug,
    params: { targetMs: 1_000, calmMs: 0 },
  });
  await api("POST", `/providers/${slug}/pause`, { reason: "Their data centre moves" });
  await api("POST", "/records", { provider: slug, payload: { n: 1 } });
}

const rowOf = (page: Page, rule: string) => page.locator(`[data-testid="alert"][data-rule="${rule}"]`);

test("B8: an alert that begins by itself is acknowledged, silenced with its end, and resolves by itself", async ({
  page,
  api,
  aProvider,
}) => {
  await aProvider("harbour", { name: "Harbour Bank" });
  await signIn(page);
  await page.goto("/alerts");
  await anAlert(api, "harbour");
  const row = rowOf(page, "late-harbour");
  await expect(row).toContainText("Harbour Bank: the oldest record has been due for");
  await expect(row).toContainText("it is held (paused)");
  await expect(page.getByTestId("alerts-count")).toHaveText(/^[1-9]\d* open$/);

  await row.getByRole("button", { name: "Acknowledge" }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole("tab", { name: /^Acknowledged/ }).click();
  await expect(page).toHaveURL(/tab=acknowledged/);
  await expect(row.getByTestId("acknowledged")).toBeVisible();

  await row.getByRole("button", { name: "Silence…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Silence", exact: true }).click();
  await expect(dialog.getByText("Say why: it is what the next person reads.")).toBeVisible();
  await dialog.getByLabel("Reason").fill("They told us yesterday");
  await dialog.getByRole("button", { name: "Silence", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(row).toHaveCount(0);
  await page.getByRole("tab", { name: /^Silenced/ }).click();
  await expect(row).toContainText("“They told us yesterday”");
  await row.getByRole("button", { name: "End the silence" }).click();
  await expect(row).toHaveCount(0);

  await api("POST", "/providers/harbour/resume", {});
  await page.getByRole("tab", { name: /^Resolved/ }).click();
  await expect(row.getByTestId("resolved")).toBeVisible({ timeout: 40_000 });
  await page.reload();
  await expect(row.getByTestId("resolved")).toBeVisible();
});

test("an administrator makes, changes and deletes a rule; what is wrong is said beside its field", async ({
  page,
}) => {
  await signIn(page);
  await page.goto("/alerts?tab=rules");
  await page.getByRole("button", { name: "New rule…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Looks for").selectOption("success_rate");
  await dialog.getByLabel("Short name").fill("Not A Slug");
  await dialog.getByLabel("Name", { exact: true }).fill("Half of them fail");
  await dialog.getByLabel("Limit").fill("150");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("Must be 1 to 63 of a-z")).toBeVisible();
  await dialog.getByLabel("Short name").fill("half-fail");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("Must be a share, like 0.9 for 90 %.")).toBeVisible();
  await dialog.getByLabel("Limit").fill("50");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  const rule = page.locator('[data-testid="rule"][data-slug="half-fail"]');
  await expect(rule).toContainText("Under 50 % of at least 20 attempts in 5 min succeed, for 1 min.");

  await rule.getByRole("button", { name: "Edit…" }).click();
  await dialog.getByLabel("It must hold for").fill("0");
  await dialog.getByLabel("Switched on").uncheck();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(rule.getByTestId("off")).toBeVisible();
  await expect(rule).toContainText("in 5 min succeed.");

  await rule.getByRole("button", { name: "Delete…" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(rule).toHaveCount(0);
});

test("who may not change rules sees the buttons, and reads why", async ({ page }) => {
  await signIn(page, support);
  await page.goto("/alerts?tab=rules");
  const rule = page.getByTestId("rule").first();
  await expect(rule.getByRole("button", { name: "Edit…" })).toHaveAttribute("aria-disabled", "true");
  await expect(rule.getByRole("button", { name: "Edit…" })).toHaveAccessibleDescription(
    /Support, technical, may not change teams, channels, alert rules and canaries/,
  );
  await expect(rule.getByRole("button", { name: "Silence…" })).not.toHaveAttribute("aria-disabled", "true");
});

test("every tab is accessible and fits, light and dark, wide and narrow", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  await aProvider("pier", { name: "Pier Nineteen" });
  await anAlert(api, "pier");
  const { visit, look, faults } = inspectionOf(page, { picture, prefix: "alerts-" });
  await signIn(page);
  await visit("open", "/alerts", () => expect(rowOf(page, "late-pier")).toBeVisible());
  await visit("empty", "/alerts?tab=silenced", () => expect(page.getByTestId("empty")).toBeVisible());
  await visit("resolved", "/alerts?tab=resolved", () =>
    expect(page.getByTestId("alert").or(page.getByTestId("empty")).first()).toBeVisible(),
  );
  await visit("rules", "/alerts?tab=rules", () => expect(page.getByTestId("rule").first()).toBeVisible());
  await page.getByRole("button", { name: "Edit…" }).nth(1).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await look("rule-dialog", { within: '[role="dialog"]' });
  expect(faults).toEqual([]);
});
