// What every page of an end user stands in, and how its links carry the way in: a page of its own has a cookie, one in
// another's frame has none, so its links and forms carry the token.
import { type Html, html, Html as Made } from "#components/portal/html.ts";
import { styleOf } from "#components/portal/style.ts";
import type { PortalSettings } from "#lib/contract/portal.ts";

/** `token` is null on the page of its own. */
export type Frame = { base: "/my" | "/embed/my"; token: string | null };

/** The address of a page of the frame. */
export function href({ base, token }: Frame, path = "", query: Record<string, string> = {}): string {
  const params = new URLSearchParams({ ...query, ...(token === null ? {} : { token }) });
  return `${base}${path}${params.size === 0 ? "" : `?${params}`}`;
}

type Page = { title: string; settings: PortalSettings; nonce: string; body: Html };

/** A whole document; no script is in it, and none would run. */
export const page = ({ title, settings, nonce, body }: Page): string =>
  `<!doctype html>${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}${settings.hostName !== "" && ` · ${settings.hostName}`}</title>
<style nonce="${nonce}">${new Made(styleOf(settings.css))}</style>
</head>
<body><main aria-label="${title}">${body}</main></body>
</html>`.text
  }`;

/** A message that stands alone. */
export const messageBody = (title: string, text: string, link: { to: string; says: string } | null): Html =>
  html`<div class="empty"><h1>${title}</h1><p>${text}</p>${
    link && html`<p><a class="button" href="${link.to}" target="_top">${link.says}</a></p>`
  }</div>`;
