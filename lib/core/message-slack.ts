// A message in Slack's form: text for notifications, and Block Kit within its documented limits.
// What others said can neither call a channel together nor pass for a link: & < > are escaped, and nothing is linkified.

import { exactly, number } from "#lib/core/counts.ts";
import type { Severity } from "#lib/core/desk.ts";
import type { Line, MessageAction, MessageContent } from "#lib/core/message-content.ts";
import { fitted, harmless, utc } from "#lib/core/message-text.ts";

type Plain = { type: "plain_text"; text: string; emoji: boolean };
type Mrkdwn = { type: "mrkdwn"; text: string; verbatim: true };
export type SlackBlock =
  | { type: "header"; text: Plain }
  | { type: "section"; text: Mrkdwn }
  | { type: "section"; fields: Mrkdwn[] }
  | { type: "context"; elements: Mrkdwn[] }
  | { type: "actions"; block_id: string; elements: SlackButton[] };
export type SlackButton = {
  type: "button";
  text: Plain;
  action_id: string;
  value?: string;
  url?: string;
  style?: "primary" | "danger";
  confirm?: { title: Plain; text: Plain; confirm: Plain; deny: Plain };
};

/** What a press of one of our buttons is called in what Slack sends. */
export const slackActions: Record<MessageAction, string> = {
  retry: "group.retry",
  retry_one: "group.retry_one",
  reject: "group.reject",
  assign: "group.assign",
};
export const slackOpenAction = "open";

/** More records than this are run again only after a second look. */
const confirmBeyond = 100;

/** The notification's text, and what a reader sees whose client shows no blocks. */
export const slackText = ({ title, quote, stage }: MessageContent): string =>
  fitted(quote === null || stage !== "open" ? title : `${title}: ${quote}`, 1_000, escaped);

export function slackBlocks(content: MessageContent): SlackBlock[] {
  const { title, facts, acts, asides } = content;
  return [
    { type: "header", text: plain(`${mark(content)} ${title}`, 150) },
    { type: "section", text: mrkdwn(storyOf(content)) },
    ...(facts.length === 0
      ? []
      : [
          {
            type: "section" as const,
            fields: facts
              .slice(0, 10)
              .map(({ name, value }) =>
                mrkdwn(`*${fitted(name, 100, escaped)}*\n${slackLine(value, 1_500)}`),
              ),
          },
        ]),
    ...acts.map((act) => ({ type: "section" as const, text: mrkdwn(slackLine(act, 2_900)) })),
    ...(asides.length === 0
      ? []
      : [
          {
            type: "context" as const,
            elements: asides.slice(0, 10).map((line) => mrkdwn(slackLine(line, 2_900))),
          },
        ]),
    { type: "actions", block_id: `message.${content.subjectId}`, elements: buttons(content) },
  ];
}

function storyOf({ happened, quote, mend }: MessageContent): string {
  const story = [fitted(happened, 800, escaped)];
  // A block quote: one line, for a line break would end it.
  if (quote !== null) story.push(`>${fitted(quote, 1_500, escaped) || "(no words)"}`);
  if (mend !== null) story.push(fitted(mend, 600, escaped));
  return story.join("\n");
}

const buttons = (content: MessageContent): SlackButton[] => [
  ...content.actions.map((action) => buttonOf(action, content)),
  { type: "button", text: plain("Open", 75), action_id: slackOpenAction, url: content.link.slice(0, 3_000) },
];

function buttonOf(action: MessageAction, { open, subjectId }: MessageContent): SlackButton {
  const button = { type: "button" as const, action_id: slackActions[action], value: subjectId };
  switch (action) {
    case "retry":
      return {
        ...button,
        text: plain("Run again", 75),
        style: "primary",
        ...(open > confirmBeyond ? { confirm: confirmRetry(open) } : {}),
      };
    case "retry_one":
      return { ...button, text: plain("Run one", 75) };
    case "reject":
      return { ...button, text: plain("Reject…", 75), style: "danger" };
    case "assign":
      return { ...button, text: plain("Assign me", 75) };
  }
}

const confirmRetry = (open: number) => ({
  title: plain(`Run ${number(open)} again?`, 100),
  text: plain(`${exactly(open, "record")} will be sent again. Run one first if you are not sure.`, 300),
  confirm: plain("Run again", 30),
  deny: plain("Not now", 30),
});

const marks: Record<Severity, string> = { info: "🔵", warning: "🟠", critical: "🔴" };
const mark = ({ stage, severity }: MessageContent): string => (stage === "resolved" ? "✅" : marks[severity]);

/** Slack writes a moment in its reader's own zone; who can't is told in UTC. */
function slackLine(line: Line, most: number): string {
  const written = line.map((part) =>
    typeof part === "string" ? escaped(harmless(part)) : slackTime(part.at),
  );
  const whole = written.join("");
  if (whole.trim() !== "" && whole.length <= most) return whole;
  const text = line.map((part) => (typeof part === "string" ? part : utc(part.at))).join("");
  return fitted(text, most, escaped) || "–";
}

const slackTime = (iso: string): string =>
  `<!date^${Math.floor(Date.parse(iso) / 1000)}^{date_short_pretty} {time}|${utc(iso)}>`;

/** No plain text knows a colon's name as an emoji: a provider may say ":x:". */
const plain = (text: string, most: number): Plain => ({
  type: "plain_text",
  text: fitted(text, most) || "–",
  emoji: false,
});

/** Empty texts are refused. */
const mrkdwn = (text: string): Mrkdwn => ({ type: "mrkdwn", text: text || "–", verbatim: true });

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
