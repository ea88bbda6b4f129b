// The modal that asks why a group is rejected, and what is said to one reader in Slack.
// https://docs.slack.dev/reference/views/modal-views
import { plural } from "#lib/core/counts.ts";
import { fitted, utc } from "#lib/core/message-text.ts";

/** Where the modal's one answer stands in what Slack sends back. */
export const rejectModal = { callback: "group.reject", block: "reason", action: "reason" } as const;

/** As long as a reason may be. */
const reasonMax = 500;

type Plain = { type: "plain_text"; text: string; emoji: false };
const plain = (text: string): Plain => ({ type: "plain_text", text, emoji: false });

type About = { providerName: string; title: string; open: number };

/** `memory` comes back with what is submitted. */
export const rejectView = ({ providerName, title, open }: About, memory: string) => ({
  type: "modal" as const,
  callback_id: rejectModal.callback,
  private_metadata: memory,
  title: plain("Reject"),
  submit: plain("Reject"),
  close: plain("Cancel"),
  blocks: [
    {
      type: "section" as const,
      text: plain(
        `${plural(open, "record")} at ${fitted(providerName, 200)}: ${fitted(title, 2_000)}\n${
          open === 1 ? "It is closed and never sent. It" : "They are closed and never sent. They"
        } can be reopened later, in the dashboard.`,
      ),
    },
    {
      type: "input" as const,
      block_id: rejectModal.block,
      label: plain("Why?"),
      hint: plain("The next person reads this. For example: duplicates of yesterday's orders."),
      element: {
        type: "plain_text_input" as const,
        action_id: rejectModal.action,
        multiline: true,
        max_length: reasonMax,
        focus_on_load: true,
      },
    },
  ],
});

const moment = /\b\d{4}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z\b/g;

/** `Ana <ana@example.org> retried …` is told as Ana's; moments are for people. */
export const forPeople = (text: string): string =>
  text.replace(/\s<[^<>\s@]+@[^<>\s]+>/g, "").replace(moment, utc);

/** The same as Slack's mrkdwn: nothing in it is a link or calls anybody, moments are in the reader's own zone. */
export const forSlack = (text: string): string =>
  text
    .replace(/\s<[^<>\s@]+@[^<>\s]+>/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(
      moment,
      (iso) => `<!date^${Math.floor(Date.parse(iso) / 1000)}^{date_short_pretty} {time}|${utc(iso)}>`,
    );
