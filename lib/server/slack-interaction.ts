// A press of a button, or a submitted modal, as Slack sends it: genuine? → new? → whose? → done, and answered in time.
//
// Slack waits three seconds. Whatever takes longer goes on after the answer, and its end is told to the one who pressed.
import { readSlackApp, type SlackApp } from "#db/reads/slack-app.ts";
import { takeOnce } from "#db/writes/take-once.ts";
import { SlackOther, SlackPress, SlackSubmission } from "#lib/contract/slack.ts";
import { forPeople, forSlack, rejectModal } from "#lib/core/slack-modal.ts";
import type { Deps } from "#lib/server/deps.ts";
import { invalid, Refusal } from "#lib/server/problem.ts";
import { readBytes } from "#lib/server/request-body.ts";
import { act, memoryOf, reject, type Verdict } from "#lib/server/slack-acts.ts";
import { sayToPresser } from "#lib/server/slack-app.ts";
import { readSignature, signatureAgeMsMax } from "#lib/server/slack-signature.ts";

/** From the request's arrival to our answer. */
const answerMs = 2_500;
/** Of it, to learn whether the request is new; without knowing that nothing is done. */
const onceMs = 1_000;

const bytesMax = 1_048_576;

/** @throws Refusal when the request is not Slack's, not new, or none of those that we know how to read. */
export async function answerSlack(request: Request, deps: Deps): Promise<Response> {
  const deadline = performance.now() + answerMs;
  const payload = await genuinePayload(request, deps);
  const press = SlackPress.safeParse(payload);
  if (press.success) return answerPress(deps, press.data, deadline);
  const submission = SlackSubmission.safeParse(payload);
  if (submission.success) return answerSubmission(deps, submission.data, deadline);
  const other = SlackOther.safeParse(payload);
  if (!other.success || ["block_actions", "view_submission"].includes(other.data.type)) {
    throw invalid("payload", "is not an interaction as Slack documents it");
  }
  deps.log.info(
    { type: other.data.type.slice(0, 50) },
    "an interaction of Slack's that nothing here asked for",
  );
  return taken();
}

async function genuinePayload(request: Request, deps: Deps): Promise<unknown> {
  const secret = deps.env.REDRIVE_SLACK_SIGNING_SECRET;
  if (secret === undefined) {
    deps.log.warn(
      "a button was pressed in Slack, and REDRIVE_SLACK_SIGNING_SECRET is not set: nothing is done",
    );
    throw new Refusal(
      "unavailable",
      "Slack's buttons are not set up here: REDRIVE_SLACK_SIGNING_SECRET is not set.",
    );
  }
  const body = await readBytes(request, bytesMax);
  const signed = readSignature({ secret, headers: request.headers, body, nowMs: Date.now() });
  if (!signed.isGenuine) {
    deps.log.warn(`a request to Slack's address was refused: ${signed.why}`);
    throw new Refusal("unauthenticated", `This request is not taken for Slack's: ${signed.why}.`);
  }
  // Twice as long as a signature is good for, for clocks that differ.
  const isNew = await within(
    onceMs,
    takeOnce(deps.sql, signed.key, new Date(Date.now() + 2 * signatureAgeMsMax).toISOString()),
  );
  if (isNew === null) throw new Refusal("unavailable", "The database does not answer. Press again soon.");
  if (!isNew) {
    deps.log.warn("a request of Slack's came a second time: it is refused");
    throw new Refusal("unauthenticated", "This request came before; each is good once.");
  }
  return payloadIn(body);
}

function payloadIn(body: Buffer): unknown {
  const given = new URLSearchParams(body.toString("utf8")).getAll("payload");
  const [payload] = given;
  if (payload === undefined || given.length > 1) throw invalid("payload", "must be given once, in a form");
  try {
    return JSON.parse(payload);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid("payload", "is not valid JSON");
    throw error;
  }
}

async function answerPress(deps: Deps, press: SlackPress, deadline: number): Promise<Response> {
  const pressed = (async () => {
    const app = await readSlackApp(deps.db, press.channel?.id ?? null);
    if (app === null) {
      deps.log.warn("a button was pressed in Slack, and there is no channel of Slack's: nothing is done");
      return;
    }
    await tell(deps, app, press.response_url ?? null, await act(deps, app, press));
  })();
  await within(deadline - performance.now(), logged(deps, pressed));
  return taken();
}

async function answerSubmission(
  deps: Deps,
  submission: SlackSubmission,
  deadline: number,
): Promise<Response> {
  const memory = memoryOf(submission);
  if (memory === null) {
    deps.log.warn("a modal in Slack that is not known here was submitted");
    return taken();
  }
  const rejected = reject(deps, submission, memory);
  const verdict = await within(deadline - performance.now(), rejected);
  // What stands in the modal is read there; it closes when all is well, or when it takes longer.
  if (verdict?.isDone === false) return refusedIn(verdict);
  const told = (async () => {
    const late = await rejected;
    const app = await readSlackApp(deps.db, null);
    if (app !== null) await tell(deps, app, memory.responseUrl, late);
  })();
  await within(deadline - performance.now(), logged(deps, told));
  return taken();
}

const taken = (): Response => new Response(null, { status: 200, headers: { "cache-control": "no-store" } });

const refusedIn = ({ said }: Verdict): Response =>
  Response.json(
    { response_action: "errors", errors: { [rejectModal.block]: forPeople(said ?? "Nothing was done.") } },
    { headers: { "cache-control": "no-store" } },
  );

async function tell(deps: Deps, app: SlackApp, responseUrl: string | null, { said }: Verdict): Promise<void> {
  if (said === null || responseUrl === null) return;
  await sayToPresser(deps, app, responseUrl, forSlack(said));
}

/** The act itself is done or refused by now; that nobody could be told of it is only logged. */
const logged = (deps: Deps, telling: Promise<void>): Promise<void> =>
  telling.catch((error) => deps.log.warn({ err: error }, "who pressed a button in Slack could not be told"));

/** What `work` gives, or null when it takes longer; then it goes on by itself. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  const time = Promise.withResolvers<null>();
  const timer = setTimeout(() => time.resolve(null), Math.max(0, ms));
  try {
    return await Promise.race([work, time.promise]);
  } finally {
    clearTimeout(timer);
    // Once nobody waits for it any more, its failure has been seen to where it happened, or changes nothing.
    work.catch(() => {});
  }
}
