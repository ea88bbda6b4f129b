// The cards of an end user's records: what needs them, what goes by itself, what has arrived, what was closed.
import { type Frame, href } from "#components/portal/frame.ts";
import { type Html, html, Html as Made } from "#components/portal/html.ts";
import type { MyRecord } from "#lib/contract/portal.ts";
import type { PortalButton, PortalCard } from "#lib/core/portal.ts";

export const cardTitles: Record<PortalCard, string> = {
  needs_you: "Needs you",
  on_it: "We're on it",
  sent: "Sent",
  closed: "Closed",
};

const icon = (path: string): Html =>
  new Made(
    `<svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${path}</svg>`,
  );

const icons: Record<PortalCard, Html> = {
  needs_you: icon('<path d="M8 2.5v6.5M8 12.9v.1"/>'),
  on_it: icon('<circle cx="8" cy="8" r="6"/><path d="M8 4.8V8l2.2 1.6"/>'),
  sent: icon('<path d="M2.8 8.6l3.4 3.4 7-7.6"/>'),
  closed: icon('<path d="M3.5 8h9"/>'),
};

/** Where an act leads back to. */
export type From = "list" | "record";

type Given = { frame: Frame; nowMs: number; from: From };

/** A record among others; its title leads to its own page. */
export const cardRow = (record: MyRecord, given: Given): Html =>
  html`<li class="card" id="r-${record.id}">${cardBody(
    record,
    given,
    html`<h3><a href="${href(given.frame, `/${record.id}`)}">${record.title}</a></h3>`,
  )}</li>`;

export const cardBody = (record: MyRecord, given: Given, title: Html | null): Html =>
  html`${title}<p class="quiet">To ${record.to}</p>
<p class="quiet meta">${chip(record)}<span>${record.meta}</span></p>
${record.says !== "" && html`<p class="says">${record.says}</p>`}
${
  record.buttons.length > 0 &&
  html`<div class="acts">${record.buttons.map((button) => act(button, record, given))}</div>`
}`;

const chip = ({ card, headline }: MyRecord): Html =>
  html`<span class="chip ${card}">${icons[card]}${headline}</span>`;

function act(button: PortalButton, record: MyRecord, { frame, nowMs, from }: Given): Html {
  const path = `/${record.id}/${button}`;
  // Several cards have the same button: a screen reader hears which one it is.
  const label = (says: string) => `${says}: ${record.title}`;
  switch (button) {
    case "fix":
      return html`<a class="button" href="${href(frame, path)}" aria-label="${label("Fix and resend")}">Fix and resend</a>`;
    case "withdraw":
      return html`<a class="button plain" href="${href(frame, path)}" aria-label="${label("Withdraw")}">Withdraw…</a>`;
    case "retry":
      return form(
        frame,
        path,
        from,
        html`<button class="button" aria-label="${label("Try again")}">Try again</button>`,
      );
    case "undo": {
      const left = record.undoUntil === null ? 0 : Date.parse(record.undoUntil) - nowMs;
      const seconds = Math.max(0, Math.min(5, Math.floor(left / 1_000)));
      return form(
        frame,
        path,
        from,
        html`<button class="button plain undo s${seconds}" aria-label="${label("Undo")}">Undo</button>`,
      );
    }
  }
}

/** A form that needs no script; in a frame it carries the token itself. */
export const form = (frame: Frame, path: string, from: From, content: Html): Html =>
  html`<form method="post" action="${frame.base}${path}"><input type="hidden" name="from" value="${from}">${
    frame.token !== null && html`<input type="hidden" name="token" value="${frame.token}">`
  }${content}</form>`;
