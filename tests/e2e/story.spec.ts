// The main job, whole: a provider falls and recovers by itself; a failed record is retried, another rejected, by a person.
import { expect, signIn, signInAtPage, test } from "./fixtures.ts";

test("a wrong password is refused in words, the right one leads to the overview", async ({
  page,
  picture,
}) => {
  await page.goto("/signin");
  await page.getByLabel("E-mail").fill("admin@redrive.local");
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("is not right")).toBeVisible();
  await picture(page, "sign-in-refused");
  await signInAtPage(page);
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
});

test("a page asks a stranger to sign in, and brings them to where they wanted to go", async ({ page }) => {
  await page.goto("/failures?tab=technical");
  await page.waitForURL("**/signin?next=*");
  await page.getByLabel("E-mail").fill("admin@redrive.local");
  await page.getByLabel("Password", { exact: true }).fill("a password for tests");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/failures?tab=technical");
});

test("a provider goes down: its breaker opens and nothing fails; it comes back: all is delivered by itself", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("warehouse", { name: "Harbour Warehouse", batchSizeMax: 8 });
  await signIn(page);
  await page.goto("/providers/warehouse");
  const breaker = page.getByTestId("breaker").first();
  const backlog = page.getByTestId("backlog").first();
  const batchSize = page.getByTestId("batch-size").first();
  await expect(breaker).toHaveAttribute("data-state", "closed");

  const send = (n: number) =>
    api("POST", "/records", { provider: "warehouse", payload: { order: n }, subject: `Order ${n}` });
  for (let n = 1; n <= 40; n += 1) await send(n);
  await expect.poll(() => provider.counts().keys).toBe(40);

  provider.set({ outage: "503" });
  for (let n = 41; n <= 120; n += 1) await send(n);
  await expect(breaker).toHaveAttribute("data-state", "open");
  await expect(backlog).not.toHaveAttribute("data-value", "0");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Harbour Warehouse");
  await picture(page, "breaker-open");
  const { items } = await api<{ items: unknown[] }>("GET", "/failures?provider=warehouse");
  expect(items).toEqual([]);

  provider.set({ outage: "none" });
  await expect(breaker).toHaveAttribute("data-state", "closed", { timeout: 60_000 });
  await expect(backlog).toHaveAttribute("data-value", "0", { timeout: 60_000 });
  await expect.poll(async () => Number(await batchSize.getAttribute("data-value"))).toBeGreaterThan(1);
  await expect.poll(() => provider.counts().keys).toBe(120);
  const after = await api<{ items: unknown[] }>("GET", "/failures?provider=warehouse");
  expect(after.items).toEqual([]);
  const changes = await api<{ items: { breaker: string; reason: string }[] }>(
    "GET",
    "/providers/warehouse/batch-changes",
  );
  expect(changes.items.map((change) => change.breaker)).toEqual(
    expect.arrayContaining(["open", "half_open", "closed"]),
  );
  await picture(page, "breaker-closed-again");
});

test("a refused record shows the provider's own words; mended at the provider and retried, it is delivered", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("acme", { name: "Acme Books" });
  provider.set({ reject: { path: "postal_code", pattern: "^\\d{5}$", message: "must be five digits" } });
  await signIn(page);
  await page.goto("/failures");
  const { id } = await api<{ id: string }>("POST", "/records", {
    provider: "acme",
    payload: { postal_code: "SW1A" },
    subject: "Invoice INV-2041",
  });

  const row = page.getByTestId("failure").filter({ hasText: "Invoice INV-2041" });
  await expect(row).toContainText("Acme Books");
  await expect(row).toContainText("Not delivered");
  await expect(row).toContainText("postal_code");
  await expect(row).toContainText("must be five digits");
  await picture(page, "failure");

  // Undo is real: pressed in time, nothing leaves.
  const calls = provider.counts().received;
  await row.getByRole("button", { name: "Retry" }).click();
  await expect(row).toContainText("Sending in");
  await row.getByRole("button", { name: "Undo" }).click();
  await expect(row).toContainText("Taken back");
  expect(provider.counts().received).toBe(calls);
  expect((await api("GET", `/records/${id}`)).status).toBe("failed");

  provider.set({ reject: null });
  await row.getByRole("button", { name: "Retry" }).click();
  await expect(row.getByRole("button", { name: "Undo" })).toBeVisible();
  await expect(row).toContainText("Sent again");
  await expect.poll(async () => (await api("GET", `/records/${id}`)).status).toBe("delivered");
  expect(provider.keys().get(id)).toBe(1);

  await page.goto(`/records/${id}`);
  await expect(page.getByText("Delivered").first()).toBeVisible();
  await expect(page.getByText("must be five digits").first()).toBeVisible();
  await picture(page, "record-delivered-after-retry");
});

test("a record is rejected with a reason, which its timeline keeps with who and when", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("tax", { name: "City Tax" });
  provider.set({ reject: { path: "vat", pattern: "^[A-Z]{2}", message: "is not a VAT number" } });
  await signIn(page);
  const { id } = await api<{ id: string }>("POST", "/records", {
    provider: "tax",
    payload: { vat: "none" },
    subject: "Return 7",
  });
  await page.goto("/failures");
  const row = page.getByTestId("failure").filter({ hasText: "Return 7" });
  await row.getByRole("button", { name: "Reject…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Reject" }).click();
  await expect(dialog).toContainText("Say why");
  await dialog.getByLabel("Note").fill("Duplicate of Return 6");
  await dialog.getByRole("button", { name: "Reject" }).click();
  await expect(row).toContainText("Closed – not sent");

  await page.goto(`/records/${id}`);
  await expect(page.getByText("Duplicate of Return 6").first()).toBeVisible();
  await expect(page.getByText("Admin").first()).toBeVisible();
  await picture(page, "record-rejected");
  const record = await api<{
    status: string;
    events: { kind: string; actor: string; reason: string; at: string }[];
  }>("GET", `/records/${id}`);
  expect(record.status).toBe("rejected");
  const act = record.events.find(({ kind }) => kind === "rejected");
  expect(act).toMatchObject({ reason: "Duplicate of Return 6" });
  expect(act?.actor).toContain("admin@redrive.local");
  expect(provider.keys().has(id)).toBe(false);
});

test("two people press Retry: the second is told who was first", async ({
  page,
  api,
  aProvider,
  anotherBrowser,
}) => {
  const provider = await aProvider("crm", { name: "Nimbus CRM" });
  provider.set({ reject: { path: "phone", pattern: "^\\+", message: "must begin with +" } });
  const { id } = await api<{ id: string }>("POST", "/records", {
    provider: "crm",
    payload: {},
    subject: "Contact 12",
  });
  await expect.poll(async () => (await api("GET", `/records/${id}`)).status).toBe("failed");
  await signIn(page);
  const colleague = await (await anotherBrowser()).newPage();
  await signIn(colleague);
  await colleague.goto(`/records/${id}`);
  // The colleague's page does not hear of it: what it shows is old when the button is pressed.
  await expect(colleague.getByRole("button", { name: "Retry" })).toBeVisible();
  await colleague.route("**/api/v1/stream", (route) => route.abort());
  await colleague.route(`**/api/v1/records/${id}`, (route) => route.abort());
  await page.goto(`/records/${id}`);
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
  await colleague.getByRole("button", { name: "Retry" }).click();
  await expect(colleague.getByTestId("act")).toContainText("Admin");
});

test("a provider is paused with a reason, holds its records, and is resumed", async ({
  page,
  api,
  aProvider,
  picture,
}) => {
  const provider = await aProvider("sms", { name: "Pigeon SMS" });
  await signIn(page);
  await page.goto("/providers/sms");
  await page.getByRole("button", { name: "Pause" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Pause" }).click();
  await expect(dialog).toContainText(/why/i);
  await dialog.getByRole("textbox").first().fill("Their maintenance until noon");
  await dialog.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByTestId("breaker").first()).toHaveAttribute("data-state", "paused");
  const { id } = await api<{ id: string }>("POST", "/records", { provider: "sms", payload: { to: "+1" } });
  await expect(page.getByTestId("backlog").first()).toHaveAttribute("data-value", "1");
  expect((await api("GET", `/records/${id}`)).status).toBe("held");
  await picture(page, "paused");
  expect(provider.counts().received).toBe(0);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByTestId("breaker").first()).toHaveAttribute("data-state", "closed");
  await expect.poll(() => provider.counts().keys).toBe(1);
});

test("an operator's probe tests an open breaker at once", async ({ page, api, aProvider }) => {
  const provider = await aProvider("payments", { breaker: { probeEveryMs: 3_600_000, goodTrials: 1 } });
  provider.set({ outage: "503" });
  for (let n = 0; n < 12; n += 1) await api("POST", "/records", { provider: "payments", payload: { n } });
  await signIn(page);
  await page.goto("/providers/payments");
  await expect(page.getByTestId("breaker").first()).toHaveAttribute("data-state", "open", {
    timeout: 60_000,
  });
  provider.set({ outage: "none" });
  await page.getByRole("button", { name: "Probe now" }).click();
  await expect(page.getByTestId("breaker").first()).toHaveAttribute("data-state", "closed", {
    timeout: 30_000,
  });
  await expect.poll(() => provider.counts().keys, { timeout: 30_000 }).toBe(12);
});
