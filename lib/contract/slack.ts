// What Slack sends when somebody presses a button or submits a modal. Slack adds members as it likes: only what is used here
// is looked at. https://docs.slack.dev/reference/interaction-payloads
import { z } from "zod";
import { GroupId } from "#lib/contract/group.ts";

/** A member's id, as "Copy member ID" in Slack's profile gives it. */
export const SlackUserId = z
  .string()
  .regex(
    /^[UW][A-Z0-9]{4,30}$/,
    "must be a Slack member ID, like U0123ABCD: in Slack, your profile, ⋮, Copy member ID",
  );

const text = (most: number) => z.string().min(1).max(most);

const by = {
  user: z.object({ id: text(100), team_id: z.string().max(100).nullish() }),
  team: z.object({ id: text(100) }).nullish(),
};

export const SlackPress = z.object({
  type: z.literal("block_actions"),
  ...by,
  trigger_id: text(500),
  response_url: z.string().max(3_000).optional(),
  channel: z.object({ id: text(100) }).optional(),
  actions: z
    .array(z.object({ action_id: z.string().max(255), value: z.string().max(2_000).optional() }))
    .min(1)
    .max(25),
});
export type SlackPress = z.infer<typeof SlackPress>;

const Input = z.object({ value: z.string().nullish() });

export const SlackSubmission = z.object({
  type: z.literal("view_submission"),
  ...by,
  view: z.object({
    callback_id: z.string().max(255),
    private_metadata: z.string().max(3_000),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), Input)) }),
  }),
});
export type SlackSubmission = z.infer<typeof SlackSubmission>;

/** Anything else that Slack may send to the same address is taken and left alone. */
export const SlackOther = z.object({ type: z.string() });

/** What a modal remembers of the press that opened it. */
export const RejectMemory = z.object({ groupId: GroupId, responseUrl: z.string().max(2_900).nullable() });
export type RejectMemory = z.infer<typeof RejectMemory>;

/** What a modal is told that could not be taken. */
export const SlackAnswer = z.object({
  response_action: z.literal("errors"),
  errors: z.record(z.string(), z.string()),
});
