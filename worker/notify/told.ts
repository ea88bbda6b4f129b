// What became of a message's record, from the continuation that its settlement added.
import { z } from "zod";
import type { Sql } from "#db/client.ts";
import { noteTold } from "#db/writes/note-told.ts";
import { isDelivered, outcomes } from "#lib/core/outcome.ts";

export const ToldJob = z.object({
  recordId: z.guid(),
  outcome: z.enum(outcomes),
  response: z.string().nullable(),
  error: z.string().nullable(),
});

/** Slack's answer to chat.postMessage and chat.update. */
const Posted = z.object({ channel: z.string(), ts: z.string() });

/** What Slack says of a message that can't be changed: deleted, or too old for this workspace. */
const lost = /^Slack: (message_not_found|cant_update_message|edit_window_closed)$/;

export async function noteToldOf(sql: Sql, { recordId, outcome, response, error }: z.infer<typeof ToldJob>) {
  const isSent = isDelivered(outcome);
  await noteTold(sql, {
    recordId,
    outcome: isSent ? "sent" : error !== null && lost.test(error) ? "lost" : "failed",
    place: isSent ? placeIn(response) : {},
  });
}

/** Nothing of what is no answer of Slack's: a mail server's line, a webhook's page. */
function placeIn(response: string | null): Record<string, string> {
  try {
    const { channel, ts } = Posted.parse(JSON.parse(response ?? ""));
    return { channel, ts };
  } catch {
    return {};
  }
}
