// What each button of a message about failures does, as the person who pressed it. An act answers with a sentence for them:
// what was done, or why nothing was.
import { readGroupAtStake } from "#db/reads/group-at-stake.ts";
import { readUserBySlackId } from "#db/reads/people.ts";
import type { SlackApp } from "#db/reads/slack-app.ts";
import { assignGroup } from "#db/writes/assign-group.ts";
import { rejectPermission } from "#db/writes/record-acts.ts";
import { Denied, Refused } from "#db/writes/refused.ts";
import { rejectGroup } from "#db/writes/reject-group.ts";
import { retryGroup } from "#db/writes/retry-group.ts";
import { type GroupAct, GroupId } from "#lib/contract/group.ts";
import { RejectRecord } from "#lib/contract/record.ts";
import { RejectMemory, type SlackPress, type SlackSubmission } from "#lib/contract/slack.ts";
import { slackActions, slackOpenAction } from "#lib/core/message-slack.ts";
import { rejectModal, rejectView } from "#lib/core/slack-modal.ts";
import { denial, type UserCaller, userCaller } from "#lib/server/caller.ts";
import type { Deps } from "#lib/server/deps.ts";
import { asRefusal } from "#lib/server/problem.ts";
import { openModal } from "#lib/server/slack-app.ts";

export type Verdict = {
  isDone: boolean;
  /** For the one who pressed; null where what they see says it already. */
  said: string | null;
};

const done = (said: string | null): Verdict => ({ isDone: true, said });
const notDone = (said: string): Verdict => ({ isDone: false, said });

type Given = { deps: Deps; app: SlackApp; press: SlackPress; caller: UserCaller; groupId: string };

const acts: Record<string, (given: Given) => Promise<Verdict>> = {
  [slackActions.retry]: async ({ deps, caller, groupId }) =>
    done(retried(await retryGroup(deps.sql, { id: groupId }, caller))),

  [slackActions.retry_one]: async ({ deps, caller, groupId }) =>
    done(retried(await retryGroup(deps.sql, { id: groupId, first: 1 }, caller))),

  // Somebody else may have taken it since the message was read: that is told, not undone.
  [slackActions.assign]: async ({ deps, caller, groupId }) => {
    await assignGroup(deps.sql, { id: groupId, assignee: caller.actor, from: null }, caller);
    return done("It is yours.");
  },

  [slackActions.reject]: async ({ deps, app, press, caller, groupId }) => {
    const group = await readGroupAtStake(deps.db, groupId);
    if (!group) throw new Refused("not_found", `There is no failure group ${groupId}.`);
    const permission = rejectPermission(group.kind);
    if (!caller.may(permission)) throw new Denied(permission);
    // Who was first is told before anybody has written a reason.
    if (group.open === 0) return notDone(alreadySettled(group));
    const memory: RejectMemory = { groupId, responseUrl: press.response_url ?? null };
    try {
      await openModal(deps, app, press.trigger_id, rejectView(group, JSON.stringify(memory)));
    } catch (error) {
      deps.log.warn({ err: error, provider: app.provider }, "Slack did not open the modal to reject");
      return notDone("Slack did not open the form. Press Reject… again, or do it in the dashboard.");
    }
    return done(null);
  },
};

/** A link: Slack tells us of it, and nothing is to be done. */
const links = [slackOpenAction];

/** Does what a press asks for. Never throws: what goes wrong is said, and logged when it is ours. */
export async function act(deps: Deps, app: SlackApp, press: SlackPress): Promise<Verdict> {
  // Slack sends one for each press.
  const [action] = press.actions;
  if (!action || links.includes(action.action_id)) return done(null);
  const known = Object.hasOwn(acts, action.action_id) ? acts[action.action_id] : undefined;
  const groupId = GroupId.safeParse(action.value);
  if (!known || !groupId.success) {
    deps.log.warn({ action: action.action_id }, "a button in Slack that is not known here was pressed");
    return notDone("This button is not known here: the message is of another version. Use the dashboard.");
  }
  return asPresser(deps, press.user.id, (caller) =>
    known({ deps, app, press, caller, groupId: groupId.data }),
  );
}

/** What a submitted modal remembers; null when it is none of ours. */
export function memoryOf({ view }: SlackSubmission): RejectMemory | null {
  if (view.callback_id !== rejectModal.callback) return null;
  try {
    return RejectMemory.parse(JSON.parse(view.private_metadata));
  } catch {
    return null;
  }
}

/** Rejects the group that the modal was opened for. Never throws, as `act`. */
export async function reject(
  deps: Deps,
  { user, view }: SlackSubmission,
  { groupId }: RejectMemory,
): Promise<Verdict> {
  const reason = view.state.values[rejectModal.block]?.[rejectModal.action]?.value ?? "";
  const why = RejectRecord.safeParse({ reason });
  if (!why.success) {
    return notDone(
      reason.trim() === "" ? "Say why: it is what the next person reads." : "Use at most 500 characters.",
    );
  }
  return asPresser(deps, user.id, async (caller) => {
    const { acted, open } = await rejectGroup(deps.sql, { id: groupId, ...why.data }, caller);
    return done(
      `${acted === 1 ? "One record is" : `${acted} records are`} closed, and not sent.${left(open)}`,
    );
  });
}

async function asPresser(
  deps: Deps,
  slackId: string,
  run: (caller: UserCaller) => Promise<Verdict>,
): Promise<Verdict> {
  let caller: UserCaller | null = null;
  try {
    const user = await readUserBySlackId(deps.db, slackId);
    if (!user || user.isDisabled) return notDone(stranger(slackId));
    caller = userCaller(user);
    return await run(caller);
  } catch (error) {
    if (error instanceof Denied && caller)
      return notDone(`${denial(caller, error.permission).detail} Nothing was done.`);
    const refusal = asRefusal(error);
    const isOurs = refusal.code === "internal" || refusal.code === "unavailable";
    if (isOurs) deps.log.error({ err: error }, "a press of a button in Slack could not be done");
    return notDone(refusal.detail);
  }
}

const stranger = (slackId: string): string =>
  `Redrive does not know who you are in Slack, so nothing was done. Ask an administrator to enter your member ID, ${slackId}, beside your name.`;

const retried = ({ acted, open }: GroupAct): string =>
  `${acted === 1 ? "One record runs" : `${acted} records run`} again.${left(open)}`;

const left = (open: number): string =>
  open === 0 ? "" : ` ${open} ${open === 1 ? "is" : "are"} still open.`;

const did: Record<string, string> = { retried: "ran these again", rejected: "rejected these" };

function alreadySettled(group: {
  lastAct: string | null;
  lastActBy: string | null;
  lastActAt: string | null;
}): string {
  const what = group.lastAct === null ? undefined : did[group.lastAct];
  return what === undefined
    ? "Nothing of this group is open now."
    : `${group.lastActBy} ${what} at ${group.lastActAt}; nothing of it is open now.`;
}
