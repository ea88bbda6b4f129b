// A link from a message, followed on a phone at night: what it is about, one press, and who was first for everybody after.
import type { Sql } from "#db/client.ts";
import { createRecoveryLink } from "#db/writes/create-recovery-link.ts";
import { expect, signIn, test } from "./fixtures.ts";
import { inspectionOf } from "./inspect.ts";
import { admin, support } from "./installation.ts";

let sql: Sql;
test.beforeAll(({ installation }) => {
  sql = installation.sql;
});

const linkTo = async (groupId: string, given: { recipient?: string; expiresInMs?: number } = {}) => {
  const { recipient = support.email, expiresInMs = 3_600_000 } = given;
  const { token } = await createRecoveryLink(sql, { groupId, recipient, expiresInMs });
  return { token, path: `/recover/${token}` };
};
const openRecords = async (groupId: string) => {
  const [group] = await sql<{ openRecords: number; lastActBy: string | null }[]>`
    select open_records, last_act_by from redrive.failure_groups where id = ${groupId}`;
  return group;
};

// It is acted on where it is opened: on a phone, dark.
test.use({ colorScheme: "dark", viewport: { width: 390, height: 844 } });

test("a link shows what it is about, acts when it is asked to, and once", async ({
  page,
  api,
  aProvider,
  picture,
  request,
  baseURL,
}) => {
  const { look } = inspectionOf(page, {
    picture,
    prefix: "recover-",
    looks: [
      { scheme: "light", width: 1280 },
      { scheme: "dark", width: 390 },
    ],
  });
  const slug = "recover";
  const provider = await aProvider(slug, { name: "Acme Books" });
  const message = "postal_code is <b>not</b> valid & refused";
  provider.set({ reject: { path: "ok", pattern: "yes", message } });
  for (let n = 0; n < 3; n += 1) {
    await api("POST", "/records", { provider: slug, payload: { ok: "no" }, subject: `Invoice ${n}` });
  }
  const group = async () => {
    const [row] = await sql<{ id: string }[]>`
      select id from redrive.failure_groups where provider = ${slug} and resolved_at is null and open_records = 3`;
    return row?.id ?? null;
  };
  await expect.poll(group).not.toBeNull();
  const id = (await group()) ?? "";
  const before = await openRecords(id);

  const rejecting = await linkTo(id);
  const running = await linkTo(id);
  // Mail scanners follow links before people do, and so do prefetching clients.
  for (let n = 0; n < 5; n += 1) {
    expect((await request.get(running.path)).status()).toBe(200);
    expect((await request.head(running.path)).status()).toBe(200);
    expect((await request.get(`/api/v1/recoveries/${running.token}`)).status()).toBe(405);
    expect((await request.head(`/api/v1/recoveries/${running.token}`)).status()).toBe(405);
  }
  expect(await openRecords(id)).toEqual(before);

  await page.goto(rejecting.path);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("3 records failed at Acme Books");
  await expect(page.getByText("postal_code is <b>not</b> valid & refused")).toBeVisible();
  await expect(page.getByText(support.email)).toBeVisible();
  expect(
    await page.evaluate(() => document.querySelector("meta[name=referrer]")?.getAttribute("content")),
  ).toBe("no-referrer");
  await look("open");
  await page.getByRole("button", { name: "Reject…" }).click();
  await page.getByRole("button", { name: "Reject", exact: true }).click();
  await expect(page.getByText("Say why: it is what the next person reads.")).toBeVisible();
  await look("reject");
  await page.getByRole("button", { name: "Cancel" }).click();
  expect(await openRecords(id)).toEqual(before);

  await page.goto(running.path);
  await page.getByRole("button", { name: "Run all 3 records again" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Done");
  await expect(page.getByText("3 records run again now.")).toBeVisible();
  await look("done");
  const name = `Tess Okafor <${support.email}>`;
  expect(await openRecords(id)).toMatchObject({ lastActBy: name });

  // The same link again, the page that was open all the time, and another link about the same group.
  await page.goto(running.path);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link has been used");
  await expect(page.getByText("Tess Okafor used it,")).toBeVisible();
  await look("used");
  const again = await page.request.post(`/api/v1/recoveries/${running.token}`, {
    data: { runAgain: true },
  });
  expect(again.status()).toBe(409);

  // What failed again is rejected by the other link.
  await expect.poll(group).toBe(id);
  await page.goto(rejecting.path);
  await page.getByRole("button", { name: "Reject…" }).click();
  await page.getByLabel("Why are they rejected?").fill("their form is wrong");
  await page.getByRole("button", { name: "Reject", exact: true }).click();
  // Technical support may run client data again, and leaves rejecting it to the other team.
  await expect(page.getByRole("alert").filter({ hasText: "may not" })).toBeVisible();
  await look("refused");
  const theirs = await linkTo(id, { recipient: "data-team@example.org" });
  await page.goto(theirs.path);
  await page.getByRole("button", { name: "Reject…" }).click();
  await page.getByLabel("Why are they rejected?").fill("their form is wrong");
  await page.getByRole("button", { name: "Reject", exact: true }).click();
  await expect(page.getByText("3 records are closed, and not sent.")).toBeVisible();
  await page.goto(rejecting.path);
  await expect(page.getByText("There is nothing left to do here.")).toBeVisible();
  await look("settled");

  const late = await linkTo(id, { expiresInMs: -1_000 });
  await page.goto(late.path);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link has expired");
  await look("expired");
  for (const wrong of ["/recover/none", `/recover/${"A".repeat(43)}`]) {
    expect((await page.goto(wrong))?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
  }

  await signIn(page, admin);
  await page.goto(rejecting.path);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link is somebody else's");
  await expect(page.getByText(`you are signed in as ${admin.email}`)).toBeVisible();
  expect(await page.content()).not.toContain("postal_code");
  await look("somebody-elses");
  expect(new URL(page.url()).origin).toBe(baseURL);
});
