// What people get in Slack, as a picture: the message while it is open, after somebody has acted, and the modal to reject.
// And Slack's address as it stands behind the real server.
import { request } from "node:http";
import { type GroupToTell, groupMessage } from "#lib/core/message-content.ts";
import { emailOf } from "#lib/core/message-email.ts";
import { slackBlocks } from "#lib/core/message-slack.ts";
import { rejectView } from "#lib/core/slack-modal.ts";
import { type Block, blockProblems, type Modal, viewProblems } from "#tests/support/block-kit.ts";
import { previewPage } from "#tests/support/block-preview.ts";
import { aPress, signedBySlack } from "#tests/support/slack-signed.ts";
import { expect, test } from "./fixtures.ts";

const open: GroupToTell = {
  id: "0199a0b0-0000-7000-8000-000000000001",
  provider: "ats",
  providerName: "Acme ATS",
  type: "result",
  category: "technical",
  team: "technical",
  teamName: "Technical",
  statusCode: 503,
  title: "503: upstream <pool-7> is out of connections & refuses more",
  open: 12,
  records: 12,
  openedAt: "2026-11-20T13:55:00Z",
  lastAt: "2026-11-20T14:02:00Z",
  emptiedAt: null,
  resolvedAt: null,
  assignee: null,
  note: null,
  mutedUntil: null,
  lastAct: null,
  lastActBy: null,
  lastActAt: null,
  lastActRecords: null,
  isBackAgain: false,
};
const settled: GroupToTell = {
  ...open,
  open: 0,
  emptiedAt: "2026-11-20T14:04:00Z",
  assignee: "Ana Ruiz <ana@example.org>",
  lastAct: "retried",
  lastActBy: "Ana Ruiz <ana@example.org>",
  lastActAt: "2026-11-20T14:04:00Z",
  lastActRecords: 12,
};

const around = { address: "https://redrive.example", insteadOf: null };
const blocksOf = (group: GroupToTell): Block[] => {
  const blocks = slackBlocks(groupMessage(group, around));
  expect(blockProblems(blocks)).toEqual([]);
  return blocks as Block[];
};

for (const width of [720, 390]) {
  test(`the mail about a group of failures, ${width} wide`, async ({ page, picture }) => {
    const { html, subject } = emailOf(groupMessage(open, around), "https://redrive.example/recover/token");
    expect(subject).toContain("12 records failed at Acme ATS");
    await page.setViewportSize({ width, height: 900 });
    await page.setContent(html);
    await expect(page.getByText("upstream <pool-7> is out of connections & refuses more")).toBeVisible();
    await expect(page.locator('a[href="https://redrive.example/recover/token"]')).toBeVisible();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await picture(page, `mail-message-${width}`);
  });

  test(`the Slack message about a group of failures, ${width} wide`, async ({ page, picture }) => {
    const modal = rejectView(open, JSON.stringify({ groupId: open.id, responseUrl: null }));
    expect(viewProblems(modal)).toEqual([]);
    await page.setViewportSize({ width, height: 900 });
    await page.setContent(previewPage([blocksOf(open), blocksOf(settled)], modal as Modal));
    const [first, second] = [page.getByRole("article").nth(0), page.getByRole("article").nth(1)];
    await expect(first).toContainText("12 records failed at Acme ATS");
    await expect(first).toContainText("upstream <pool-7> is out of connections & refuses more");
    for (const button of ["Run again", "Run one", "Reject…", "Assign me", "Open"]) {
      await expect(first.locator(".button", { hasText: new RegExp(`^${button}$`) })).toBeVisible();
    }
    await expect(second).toContainText("Ana Ruiz");
    await expect(second.locator(".button")).toHaveText(["Open"]);
    await picture(page, `slack-message-${width}`);
  });
}

test("the server passes Slack's bytes on as they came, and a doubled header is refused", async ({
  baseURL,
}) => {
  const send = (body: string, headers: Record<string, string | string[]>, method = "POST") =>
    new Promise<number | undefined>((answered, failed) => {
      const call = request(`${baseURL}/api/v1/slack/interactions`, { method, headers }, (response) => {
        response.resume();
        answered(response.statusCode);
      });
      call.on("error", failed);
      call.end(body);
    });
  const press = () => aPress({ action: "open", user: "U0ANYBODY", triggerId: crypto.randomUUID() });
  const doubled = signedBySlack(press());
  const signature = doubled.headers["x-slack-signature"] ?? "";
  const twice = { ...doubled.headers, "x-slack-signature": [signature, signature] };
  expect(await send(doubled.body, twice)).toBe(401);
  expect(await send(doubled.body, doubled.headers)).toBe(200);
  expect(await send(doubled.body, doubled.headers)).toBe(401);
  // Bytes that a parser on the way would write in another way: another order, spaces, no UTF-8.
  const payload = new URLSearchParams({ payload: JSON.stringify(press()) }).toString();
  const odd = signedBySlack(`&&b=1&a=%ff+%20&${payload}&`);
  expect(await send(odd.body, odd.headers)).toBe(200);
  expect(await send("", {}, "GET")).toBe(405);
});
