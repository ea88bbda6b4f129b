// What we say to Slack ourselves, while somebody waits in front of it: a modal, and a sentence that only they see. Everything
// else rides the outbox.
import { LogLevel, WebClient } from "@slack/web-api";
import type { SlackApp } from "#db/reads/slack-app.ts";
import { ProviderAuth } from "#lib/contract/policy.ts";
import { guardedPost } from "#lib/node/guarded-post.ts";
import type { Deps } from "#lib/server/deps.ts";
import { providerSecrets } from "#lib/server/provider-secrets.ts";

/** Slack's own waiting for us ends after three seconds. */
const modalMs = 2_000;
const sayMs = 5_000;

type View = Parameters<WebClient["views"]["open"]>[0]["view"];

/** @throws what Slack refused it with, or why it could not be asked. */
export async function openModal(
  deps: Pick<Deps, "env">,
  app: SlackApp,
  triggerId: string,
  view: View,
): Promise<void> {
  const client = new WebClient(tokenOf(deps, app), {
    slackApiUrl: apiOf(app.url),
    allowAbsoluteUrls: false,
    // A trigger is good for three seconds: there is no later.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
    fetch: (url, init) =>
      guardedPost(new URL(url), {
        headers: { ...init?.headers },
        body: typeof init?.body === "string" ? init.body : "",
        signal: AbortSignal.timeout(modalMs),
        allowPrivate: deps.env.REDRIVE_ALLOW_PRIVATE_NETWORKS,
      }),
  });
  await client.views.open({ trigger_id: triggerId, view });
}

/**
 * Says something to the one who pressed.
 *
 * @throws ForeignAddress when the address is not the app's own Slack; nothing is sent there.
 */
export async function sayToPresser(
  { env }: Pick<Deps, "env">,
  app: SlackApp,
  responseUrl: string,
  text: string,
): Promise<void> {
  const url = ownResponseUrl(app.url, responseUrl);
  const response = await guardedPost(url, {
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ response_type: "ephemeral", replace_original: false, text }),
    signal: AbortSignal.timeout(sayMs),
    allowPrivate: env.REDRIVE_ALLOW_PRIVATE_NETWORKS,
  });
  if (!response.ok) throw new Error(`Slack answered ${response.status} to an ephemeral text`);
}

/** An address that is none of our Slack's. Its message has nothing of the address: that is a key to the channel. */
export class ForeignAddress extends Error {
  override name = "ForeignAddress";
  constructor() {
    super("a response URL leads elsewhere than to the Slack of our app");
  }
}

/** Slack answers at its API's own place, or at its `hooks.` neighbour. */
function ownResponseUrl(appUrl: string, responseUrl: string): URL {
  if (!URL.canParse(responseUrl)) throw new ForeignAddress();
  const [own, url] = [new URL(appUrl), new URL(responseUrl)];
  const places = [own.origin, `https://hooks.${own.host}`, "https://hooks.slack.com"];
  if (!places.includes(url.origin) || url.username !== "" || url.password !== "") throw new ForeignAddress();
  return url;
}

/** The base of all methods, whichever of them the provider's URL names. */
function apiOf(appUrl: string): string {
  const url = new URL(appUrl);
  return new URL(`${url.pathname.replace(/\/?(chat\.\w+)?$/, "")}/`, url.origin).href;
}

/** @throws when the app has no token that we can open. */
function tokenOf({ env }: Pick<Deps, "env">, { provider, sealedAuth }: SlackApp): string {
  const auth =
    sealedAuth === null
      ? null
      : ProviderAuth.parse(JSON.parse(providerSecrets(env).unseal(provider, sealedAuth)));
  const token = auth?.kind === "header" ? /^Bearer +(\S+)$/i.exec(auth.value ?? "")?.[1] : undefined;
  if (token === undefined) {
    throw new Error(
      `provider ${provider} has no token: its auth must be a header, Authorization: Bearer xoxb-…`,
    );
  }
  return token;
}

/** We log ourselves what fails, without the client's view of the request. */
const silent: NonNullable<ConstructorParameters<typeof WebClient>[1]>["logger"] = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};
