// A session's cookie comes along with requests that other sites start, so a change by cookie must come from our own pages.
import { nearest } from "#lib/node/caller-address.ts";
import type { Caller } from "#lib/server/caller.ts";
import type { Deps } from "#lib/server/deps.ts";
import { Refusal } from "#lib/server/problem.ts";

const reads = ["GET", "HEAD", "OPTIONS"];

/** @throws Refusal `forbidden` for a change by cookie that does not say it comes from here. */
export function refuseForeignOrigin(request: Request, caller: Caller, deps: Deps): void {
  if (caller.kind === "key" || reads.includes(request.method) || isFromOwnPages(request, deps)) return;
  throw new Refusal(
    "forbidden",
    "A change by session must come from the dashboard's own pages. Programs use an API key.",
  );
}

/** Whether a change comes from one of our own pages; when in doubt, it does not. */
export function isFromOwnPages(request: Request, { env }: Pick<Deps, "env">): boolean {
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  const isOurs = (site === null || site === "same-origin") && (origin === null || isOwnOrigin(origin));
  // Every browser sends at least one of the two with a change.
  return isOurs && (site !== null || origin !== null);

  function isOwnOrigin(text: string): boolean {
    if (!URL.canParse(text)) return false;
    const host = nearest(request.headers.get("x-forwarded-host")) || request.headers.get("host");
    const own = [host ?? new URL(request.url).host, env.NEXTAUTH_URL && new URL(env.NEXTAUTH_URL).host];
    return own.includes(new URL(text).host);
  }
}
