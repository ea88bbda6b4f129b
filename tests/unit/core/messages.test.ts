// Messages as each channel gets them: within Slack's documented shapes and limits, and harmless, whatever a provider said.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AlertToTell,
  alertMessage,
  type GroupToTell,
  groupMessage,
  testMessage,
} from "#lib/core/message-content.ts";
import { emailOf } from "#lib/core/message-email.ts";
import { paceOf, type Told } from "#lib/core/message-pace.ts";
import { slackBlocks, slackText } from "#lib/core/message-slack.ts";
import { fitted } from "#lib/core/message-text.ts";
import { blockProblems } from "#tests/support/block-kit.ts";

const around = { address: "https://redrive.example", insteadOf: null };
const group: GroupToTell = {
  id: "0191e2a4-5b6c-7d8e-9f01-23456789abcd",
  provider: "ats",
  providerName: "Northwind ATS",
  type: "result.created",
  category: "technical",
  team: "technical",
  teamName: "Technical",
  statusCode: 503,
  title: "503 Service Unavailable",
  open: 12,
  records: 12,
  openedAt: "2026-11-21T13:55:01.123456Z",
  lastAt: "2026-11-21T14:01:59Z",
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
const alert: AlertToTell = {
  id: "0191e2a4-5b6c-7d8e-9f01-23456789abce",
  rule: "backlog",
  kind: "backlog_growing",
  about: "ats",
  severity: "critical",
  state: "open",
  title: "The backlog of Northwind ATS grows",
  figures: {
    drainMs: 90_000,
    due: 1_234,
    successRate: 0.5,
    lastSuccessAt: "2026-11-21T13:00:00Z",
    none: null,
  },
  openedAt: "2026-11-21T13:55:01Z",
  acknowledgedAt: null,
  acknowledgedBy: null,
  silencedUntil: null,
  silencedBy: null,
  resolvedAt: null,
};

const inSlack = (given: Partial<GroupToTell>) => {
  const content = groupMessage({ ...group, ...given }, around);
  return {
    blocks: slackBlocks(content),
    text: slackText(content),
    all: JSON.stringify(slackBlocks(content)),
  };
};
const buttonsOf = (given: Partial<GroupToTell>) =>
  inSlack(given).blocks.flatMap((block) =>
    block.type === "actions" ? block.elements.map(({ text, action_id }) => [text.text, action_id]) : [],
  );

describe("what is said", () => {
  test("what happened, what mends it, how many, whose, and since when", () => {
    const { all, text } = inSlack({});
    expect(text).toBe("12 records failed at Northwind ATS: 503 Service Unavailable");
    expect(all).toContain("🟠 12 records failed at Northwind ATS");
    expect(all).toContain(
      "Northwind ATS did not take 12 records. It said:\\n>503 Service Unavailable\\nThe data is fine. Run again sends it again",
    );
    expect(all).toContain("12 of 12");
    expect(all).toContain("<!date^1795269301^{date_short_pretty} {time}|2026-11-21 13:55 UTC>");
  });

  test("the buttons are as promised, and none but the link once nothing is open", () => {
    expect(buttonsOf({})).toEqual([
      ["Run again", "group.retry"],
      ["Run one", "group.retry_one"],
      ["Reject…", "group.reject"],
      ["Assign me", "group.assign"],
      ["Open", "open"],
    ]);
    expect(buttonsOf({ open: 1 }).map(([name]) => name)).not.toContain("Run one");
    expect(buttonsOf({ open: 0, emptiedAt: "2026-11-21T14:02:00Z" })).toEqual([["Open", "open"]]);
    expect(buttonsOf({ open: 0, resolvedAt: "2026-11-21T14:12:00Z" })).toEqual([["Open", "open"]]);
  });

  test("many are run again after a second look only", () => {
    expect(inSlack({ open: 101 }).all).toContain("Run 101 again?");
    expect(inSlack({ open: 100 }).all).not.toContain('"confirm"');
  });

  test.each<[Partial<GroupToTell>, string]>([
    [{ lastAct: "retried", lastActRecords: 12, open: 0 }, "Ana ran all 12 again at "],
    [{ lastAct: "retried", lastActRecords: 1, open: 11 }, "Ana ran 1 again at "],
    [{ lastAct: "rejected", lastActRecords: 12, open: 0 }, "Ana rejected all 12 at "],
    [{ lastAct: "assigned", assignee: "Ana <ana@example.org>" }, "Ana took this on at "],
    [{ lastAct: "assigned", assignee: "Bo <bo@example.org>" }, "Ana gave this to Bo at "],
    [{ lastAct: "moved", teamName: "Client data" }, "Ana moved this to Client data at "],
    [{ lastAct: "something_new" }, "Ana acted (something_new) at "],
  ])("who did what last: %j", (given, words) => {
    const { all } = inSlack({
      lastActBy: "Ana <ana@example.org>",
      lastActAt: "2026-11-21T14:02:00Z",
      ...given,
    });
    expect(all).toContain(words);
    expect(all).not.toContain("ana@example.org");
  });

  test("what has come back, what is muted, a note, and for whom it stands in", () => {
    expect(inSlack({ isBackAgain: true }).text).toContain("Back again: 12 records failed");
    expect(inSlack({ note: "We called them." }).all).toContain("Note: We called them.");
    expect(inSlack({ mutedUntil: "2026-11-22T00:00:00Z" }).all).toContain("Muted until ");
    const standing = groupMessage(group, { ...around, insteadOf: "Orders" });
    expect(emailOf(standing, null).text).toContain("because the channel “Orders” can't be reached now.");
  });

  test("an alert's figures are words, and what became of it is said", () => {
    const all = JSON.stringify(slackBlocks(alertMessage(alert, around)));
    for (const words of ["🔴", "1 min 30 s", "1,234", "50 %", "2026-11-21 13:00 UTC"])
      expect(all).toContain(words);
    expect(all).not.toContain("None");
    const acted = alertMessage(
      { ...alert, state: "acknowledged", acknowledgedBy: "Ana <a@b.c>", acknowledgedAt: alert.openedAt },
      around,
    );
    expect(emailOf(acted, null).text).toContain("Ana acknowledged it at 2026-11-21 13:55 UTC.");
  });
});

const odd: [string, string][] = [
  ["5,000 characters", "x".repeat(5_000)],
  ["5,000 ampersands", "&".repeat(5_000)],
  ["a script", "<script>alert(1)</script>"],
  ["a call to the channel", "<!channel> <!here> <@U123> <#C1> <https://evil.example|Sign in>"],
  ["emoji", "👩‍👩‍👧‍👦".repeat(500)],
  ["right to left", "فشل التسليم \u202egnp.exe"],
  ["lines and control characters", "a\r\nb\u0000c\u2028d\n>e"],
  ["nothing", ""],
  ["blanks", " \n\t "],
  ["half a character", "\ud83d"],
  ["an emoji's name", ":rotating_light: :x:"],
];

describe.each(odd)("of %s", (_, words) => {
  const given = {
    title: words,
    providerName: words,
    note: words,
    teamName: words,
    type: words,
    assignee: words,
  };

  test("Slack takes the message, and none of it is more than text", () => {
    const { blocks, text, all } = inSlack(given);
    expect(blockProblems(blocks)).toEqual([]);
    expect(text.length).toBeLessThanOrEqual(1_000);
    expect(text).not.toMatch(/<(?!!date\^)/);
    // What Slack reads as markup begins with < or, for a quote, a line with >; ours are moments and the quote.
    for (const block of blocks) {
      const texts = "elements" in block ? block.elements : "fields" in block ? block.fields : [block.text];
      for (const one of texts) {
        if (!("type" in one) || one.type !== "mrkdwn") continue;
        const theirs = one.text.replace(/<!date\^\d+\^[^<>|]+\|[^<>|]+>/g, "").replace(/^>/gm, "");
        expect(theirs).not.toMatch(/[<>]/);
      }
    }
    expect(all).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(JSON.parse(all)).toEqual(blocks);
  });

  test("an alert and a test of a channel are taken as well", () => {
    const content = alertMessage(
      { ...alert, title: words, about: words, figures: { [words || "x"]: words } },
      around,
    );
    expect(blockProblems(slackBlocks(content))).toEqual([]);
    expect(
      blockProblems(slackBlocks(testMessage({ slug: "orders", name: words }, words, around.address))),
    ).toEqual([]);
  });

  test("a mail has no markup of theirs, and a subject on one line", () => {
    const { html, subject, text } = emailOf(
      groupMessage({ ...group, ...given }, around),
      "https://redrive.example/recover/t",
    );
    expect(html).not.toContain("<script");
    expect(html).not.toContain("<!channel");
    expect(html).not.toContain('evil.example"');
    expect(subject).toMatch(/^[^\r\n\0]{1,200}$/);
    expect(text).toContain("https://redrive.example/recover/t");
  });
});

test("whatever the texts are, Slack takes the message", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 4_000 }),
      fc.string({ unit: "grapheme" }),
      (long, short) => {
        const { blocks } = inSlack({ title: long, providerName: short, teamName: short, note: long });
        expect(blockProblems(blocks)).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

test("a text is cut between characters, and never within what stands for one", () => {
  const escaped = (text: string) => text.replaceAll("&", "&amp;");
  expect(fitted("&&&&", 12, escaped)).toBe("&amp;&amp;…");
  expect(fitted("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 12)).toBe("👩‍👩‍👧‍👦…");
  expect(fitted("four", 4)).toBe("four");
});

describe("pace", () => {
  const nowMs = 1_000_000;
  const told: Told = {
    state: "sent",
    isUnderWay: false,
    saidAtMs: nowMs - 5_000,
    updates: 0,
    records: 5,
    isChannelNewer: false,
  };
  const news = { isAct: false, isResolved: false, isFailedAgain: false, records: 6, isQuiet: false };

  test("the first at once, growth after ten seconds, what a person did after two", () => {
    expect(paceOf("slack", null, news, nowMs)).toBe("now");
    expect(paceOf("slack", told, news, nowMs)).toEqual({ atMs: nowMs + 5_000 });
    expect(paceOf("slack", told, { ...news, isAct: true }, nowMs)).toBe("now");
    expect(paceOf("slack", { ...told, saidAtMs: nowMs - 500 }, { ...news, isAct: true }, nowMs)).toEqual({
      atMs: nowMs + 1_500,
    });
    expect(paceOf("slack", { ...told, updates: 30 }, news, nowMs)).toEqual({ atMs: nowMs + 55_000 });
  });

  test("one text under way at a time, and a channel that refused one is left alone for ten minutes", () => {
    expect(paceOf("slack", { ...told, isUnderWay: true }, { ...news, isAct: true }, nowMs)).not.toBe("now");
    const failed = { ...told, state: "failed" as const };
    expect(paceOf("slack", failed, { ...news, isAct: true }, nowMs)).toEqual({ atMs: nowMs + 595_000 });
    expect(paceOf("slack", { ...failed, isChannelNewer: true }, { ...news, isAct: true }, nowMs)).toBe("now");
  });

  test("a mail for ten times as many and for the end, not for an act; a webhook for acts as well", () => {
    const long = { ...told, saidAtMs: 0 };
    expect(paceOf("email", long, { ...news, records: 49, isAct: true }, nowMs)).toBe("never");
    expect(paceOf("email", long, { ...news, records: 50 }, nowMs)).toBe("now");
    expect(paceOf("email", long, { ...news, isResolved: true }, nowMs)).toBe("now");
    expect(paceOf("email", long, { ...news, isFailedAgain: true }, nowMs)).toBe("now");
    expect(paceOf("webhook", long, { ...news, isAct: true }, nowMs)).toBe("now");
    expect(paceOf("webhook", long, news, nowMs)).toBe("never");
  });

  test("what is muted rings nobody's phone, and is kept true where it stands", () => {
    const quiet = { ...news, isResolved: true, isQuiet: true };
    expect(paceOf("slack", null, quiet, nowMs)).toBe("never");
    expect(paceOf("email", { ...told, saidAtMs: 0 }, quiet, nowMs)).toBe("never");
    expect(paceOf("slack", { ...told, saidAtMs: 0 }, quiet, nowMs)).toBe("now");
  });
});
