// End users' pages: who looks, by a cookie on the page of its own, by the token in the address in another's frame; and what
// every answer carries, so that a page shows nothing to strangers and runs no script.
//
//   /my?token=…        ──▶ cookie, and on to /my: the token leaves the address
//   /embed/my?token=…  ──▶ the page; a token that is good once is exchanged first
import { randomBytes } from "node:crypto";
import type { PortalSettings } from "#lib/contract/portal.ts";
import type { Deps } from "#lib/server/deps.ts";
import { type ClosedWhy, openSession, type PortalCaller, portalCaller } from "#lib/server/portal-caller.ts";
import type { Minted } from "#lib/server/portal-tokens.ts";
import { isFromOwnPages } from "#lib/server/same-origin.ts";

export type Place = "own" | "embed";

/** Where pages begin. */
export const baseOf = (place: Place) => (place === "own" ? "/my" : "/embed/my");

export type Visit =
  /** `token` is what links and forms carry; null where a cookie does. */
  | { caller: PortalCaller; token: string | null }
  | { closed: ClosedWhy }
  /** On to the same page, with the way in that the session has. */
  | { onTo: Response };

/** Who looks at a page. */
export async function visitOf(place: Place, request: Request, deps: Deps): Promise<Visit> {
  const url = new URL(request.url);
  const token = url.searchParams.get("token");
  if (place === "own") {
    if (token === null) return entered(cookieOf(request, deps), null, deps);
    const opened = await openSession(token, deps);
    return "closed" in opened ? opened : { onTo: withCookie(url, opened.session, deps) };
  }
  const entry = await portalCaller(token, deps);
  if (!("closed" in entry)) return { ...entry, token };
  if (entry.closed !== "unopened") return entry;
  const opened = await openSession(token, deps);
  if ("closed" in opened) return opened;
  url.searchParams.set("token", opened.session.token);
  return { onTo: redirect(`${url.pathname}${url.search}`) };
}

/** Who sends a form: by cookie only from our own pages, in a frame with the token that the form itself carries. */
export async function senderOf(
  place: Place,
  request: Request,
  form: URLSearchParams,
  deps: Deps,
): Promise<Exclude<Visit, { onTo: Response }> | { foreign: true }> {
  if (place === "embed") {
    const token = form.get("token");
    return entered(token, token, deps);
  }
  if (!isFromOwnPages(request, deps)) return { foreign: true };
  return entered(cookieOf(request, deps), null, deps);
}

async function entered(
  way: string | null | undefined,
  token: string | null,
  deps: Deps,
): Promise<Exclude<Visit, { onTo: Response }>> {
  const entry = await portalCaller(way, deps);
  return "closed" in entry ? entry : { ...entry, token };
}

const isSecure = ({ env }: Pick<Deps, "env">): boolean => env.NEXTAUTH_URL?.startsWith("https://") ?? false;

export const portalCookieName = (deps: Pick<Deps, "env">): string =>
  `${isSecure(deps) ? "__Secure-" : ""}redrive.portal`;

function cookieOf(request: Request, deps: Deps): string | null {
  const name = portalCookieName(deps);
  const pairs = (request.headers.get("cookie") ?? "").split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}

function withCookie(url: URL, { token }: Minted, deps: Deps): Response {
  url.searchParams.delete("token");
  const response = redirect(`${url.pathname}${url.search}`);
  // It lasts as long as the browser; what it holds ends by itself, and then the page can say that it has.
  const secure = isSecure(deps) ? "; Secure" : "";
  response.headers.append(
    "set-cookie",
    `${portalCookieName(deps)}=${token}; Path=/my; HttpOnly; SameSite=Lax${secure}`,
  );
  return response;
}

/** To another page of ours; its address may carry a token, so nobody is told where one comes from. */
export const redirect = (to: string): Response =>
  new Response(null, {
    status: 303,
    headers: { location: to, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  });

export const newNonce = (): string => randomBytes(16).toString("base64url");

type Answer = {
  status: number;
  /** Seconds until the page looks again, and at which address if not its own. */
  refresh?: { seconds: number; to: string | null } | null;
};

/** A page as the browser gets it: no script, no other origin, no frame but those that the settings name. */
export function pageResponse(
  document: string,
  { place, settings, nonce }: { place: Place; settings: PortalSettings; nonce: string },
  { status, refresh = null }: Answer,
): Response {
  const ancestors =
    place === "embed" && settings.frameAncestors.length > 0 ? settings.frameAncestors.join(" ") : "'none'";
  const headers = new Headers({
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": [
      "default-src 'none'",
      `style-src 'nonce-${nonce}'`,
      "form-action 'self'",
      "base-uri 'none'",
      `frame-ancestors ${ancestors}`,
    ].join("; "),
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
    // A form of the page of its own must say where it comes from; an address with a token in it is told to nobody.
    "referrer-policy": place === "own" ? "same-origin" : "no-referrer",
  });
  if (place === "own") headers.set("x-frame-options", "DENY");
  if (refresh !== null)
    headers.set("refresh", `${refresh.seconds}${refresh.to === null ? "" : `; url=${refresh.to}`}`);
  return new Response(document, { status, headers });
}
