// What a record's page tells of keys and kept answers: who waits for whom, which one went in its place, what was answered.
import { expect, signIn, test } from "./fixtures.ts";

test("a failure holds up the records of its key, until a person lets them pass", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("ordered", { name: "Nimbus CRM" });
  provider.set({ reject: { path: "phone", pattern: "^\\+", message: "must begin with +" } });
  const send = (subject: string, payload: object) =>
    api<{ id: string }>("POST", "/records", {
      provider: "ordered",
      payload,
      subject,
      orderingKey: "customer-7",
    });
  const first = await send("Contact 12", { phone: "none" });
  await expect.poll(async () => (await api("GET", `/records/${first.id}`)).status).toBe("failed");
  const second = await send("Contact 13", { phone: "+44" });
  await signIn(page);
  await page.goto(`/records/${second.id}`);
  await expect(
    page.getByText(/It waits behind an earlier record of the ordering key “customer-7”/),
  ).toBeVisible();
  await picture(page, "record-behind");

  await page.goto(`/records/${first.id}`);
  await expect(page.getByText(/Later records of the ordering key “customer-7” wait/)).toBeVisible();
  await page.getByRole("button", { name: "Let others pass…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Let them pass" }).click();
  await expect(dialog).toContainText("Say why");
  await dialog.getByLabel("Reason").fill("The customer calls back tomorrow");
  await picture(page, "record-skip-dialog");
  await dialog.getByRole("button", { name: "Let them pass" }).click();
  await expect(page.getByText("“The customer calls back tomorrow”")).toBeVisible();
  await expect(page.getByRole("button", { name: "Let others pass…" })).toHaveAttribute(
    "aria-disabled",
    "true",
  );
  await picture(page, "record-skipped");
  await expect.poll(async () => (await api("GET", `/records/${second.id}`)).status).toBe("delivered");
});

test("of one dedupe key the second is not sent, and leads to the first", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("once", { name: "Once A Day", keepResponse: true });
  const send = () =>
    api<{ id: string }>("POST", "/records", {
      provider: "once",
      payload: { report: 7 },
      subject: "Report 7",
      dedupeKey: "report-7",
      correlationId: "order-4711",
    });
  const first = await send();
  await expect.poll(async () => (await api("GET", `/records/${first.id}`)).status).toBe("delivered");
  const second = await send();
  await expect.poll(async () => (await api("GET", `/records/${second.id}`)).status).toBe("duplicate");
  expect(provider.counts().received).toBe(1);
  await signIn(page);
  await page.goto(`/records/${second.id}`);
  await expect(page.getByTestId("status").first()).toHaveText("Sent before");
  await picture(page, "record-duplicate");
  await page.getByRole("link", { name: `record ${first.id}` }).click();
  await page.waitForURL(`**/records/${first.id}`);
  await page.getByText("Answer kept").click();
  await expect(page.getByLabel("Answer kept")).toBeVisible();
  await expect(page.getByText("order-4711").first()).toBeVisible();
  await picture(page, "record-answer-kept");
});

test("one failure is taken by a person, and given to another team", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("owned", { name: "Nimbus Post" });
  provider.set({ reject: { path: "street", pattern: ".", message: "must not be empty" } });
  const { id } = await api<{ id: string }>("POST", "/records", {
    provider: "owned",
    payload: { street: "" },
    subject: "Letter 7",
  });
  await expect.poll(async () => (await api("GET", `/records/${id}`)).status).toBe("failed");
  await signIn(page);
  await page.goto(`/records/${id}`);
  const more = page.getByRole("button", { name: "More about Letter 7" });
  await more.click();
  await picture(page, "record-owner-menu");
  await page.getByRole("menuitem", { name: "Assign me" }).click();
  await expect(page.locator("dt", { hasText: "Assigned to" })).toBeVisible();
  await more.click();
  await expect(page.getByRole("menuitem", { name: "Unassign" })).toBeVisible();
  await page.getByRole("menuitem", { name: "Move to team…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Team").selectOption({ label: "Technical" });
  await picture(page, "record-move-dialog");
  await dialog.getByRole("button", { name: "Move it" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator("dt", { hasText: "Team" }).locator("+ dd")).toHaveText("Technical");
  const record = await api<{ failure: { team: string; assignee: string } }>("GET", `/records/${id}`);
  expect(record.failure).toMatchObject({ team: "technical", assignee: expect.stringContaining("@") });
});
