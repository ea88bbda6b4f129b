// The pages of an end user: the list, one record, correcting it, and withdrawing it.
import { cardBody, cardRow, cardTitles, form } from "#components/portal/cards.ts";
import { type Frame, href } from "#components/portal/frame.ts";
import { type Html, html } from "#components/portal/html.ts";
import { clock, zoneWords } from "#lib/client/formats.ts";
import type { MyList, MyRecord, MyRecordDetail } from "#lib/contract/portal.ts";
import { type PortalCard, portalCards } from "#lib/core/portal.ts";
import { fieldMost, formText, type PortalField } from "#lib/core/portal-fields.ts";

/** What a page may say of the act before it. */
export const notices = {
  late: "That came too late: it doesn't wait for you any more.",
  undo_late: "Too late to take it back: it has left already.",
  limit: "You have tried this three times within a day. Please try again later.",
  withdrawn: "It is withdrawn.",
  not_allowed: "This page may not do that.",
} as const;
export type Notice = keyof typeof notices;
export const isNotice = (text: string | null): text is Notice =>
  text !== null && Object.hasOwn(notices, text);

/** What stands at the foot and above: the zone, and how the page keeps up. */
export type Around = { frame: Frame; zone: string; nowMs: number; notice: Notice | null; isLive: boolean };

const noticeLine = ({ notice }: Around): Html | false =>
  notice !== null && html`<p class="notice" role="status">${notices[notice]}</p>`;

/** `path` and `query` of the page that it stands on. */
const foot = ({ frame, zone, isLive }: Around, path: string, query: Record<string, string> = {}): Html =>
  html`<p class="quiet foot">Times are in ${zoneWords(zone)}. ${
    isLive
      ? html`This page keeps itself up to date. <a href="${href(frame, path, { ...query, live: "off" })}">Stop that</a>`
      : html`This page stands still. <a href="${href(frame, path, query)}">Keep it up to date</a>`
  }</p>`;

type Page = { items: MyRecord[]; next: string | null };

export function listScreen(pages: Record<MyList, Page>, around: Around): Html {
  const all = [...pages.failed.items, ...pages.under_way.items, ...pages.done.items];
  const more: Record<PortalCard, [MyList, string | null]> = {
    needs_you: ["failed", pages.failed.next],
    on_it: ["under_way", pages.under_way.next],
    sent: ["done", pages.done.next],
    closed: ["done", null],
  };
  const sections = portalCards.map((card) => {
    const records = all.filter((record) => record.card === card);
    const [list, next] = more[card];
    return records.length === 0 && next === null
      ? false
      : section(card, records, next === null ? null : href(around.frame, "", { list, after: next }), around);
  });
  return html`<h1>Deliveries</h1>${noticeLine(around)}${
    all.length === 0
      ? html`<div class="empty"><h2>Nothing here yet</h2><p class="quiet">What is sent for you shows up here.</p></div>`
      : html`${
          all.every(({ card }) => card !== "needs_you") && html`<p class="quiet more">Nothing needs you.</p>`
        }${sections}`
  }${foot(around, "")}`;
}

/** The next page of one list. */
export function moreScreen(list: MyList, { items, next }: Page, around: Around): Html {
  const sections = portalCards.map((card) => {
    const records = items.filter((record) => record.card === card);
    return records.length > 0 && section(card, records, null, around);
  });
  return html`<a class="back" href="${href(around.frame)}">‹ Deliveries</a><h1>Earlier</h1>${
    items.length === 0 && html`<p class="quiet more">Nothing on this page.</p>`
  }${sections}${
    next !== null &&
    html`<p class="more"><a href="${href(around.frame, "", { list, after: next })}">Earlier ones</a></p>`
  }`;
}

const section = (card: PortalCard, records: MyRecord[], next: string | null, around: Around): Html =>
  html`<section aria-labelledby="${card}"><h2 id="${card}">${cardTitles[card]} <span class="n">${records.length}${next !== null && "+"}</span></h2>
<ul class="list">${records.map((record) => cardRow(record, { ...around, from: "list" }))}</ul>
${next !== null && html`<p class="more"><a href="${next}">Earlier ones</a></p>`}</section>`;

export function recordScreen(record: MyRecordDetail, around: Around): Html {
  const { frame, zone, nowMs } = around;
  return html`<a class="back" href="${href(frame)}">‹ Deliveries</a><h1>${record.title}</h1>${noticeLine(around)}
<div class="card more">${cardBody(record, { ...around, from: "record" }, null)}</div>
<section aria-labelledby="history"><h2 id="history">What happened</h2><ol class="history">${record.history.map(
    ({ at, says }) =>
      html`<li><time datetime="${at}">${clock(at, zone, nowMs)}</time><span>${says}</span></li>`,
  )}</ol></section>${foot(around, `/${record.id}`)}`;
}

export const withdrawScreen = (record: MyRecord, { frame }: { frame: Frame }): Html =>
  html`<a class="back" href="${href(frame, `/${record.id}`)}">‹ ${record.title}</a><h1>Withdraw “${record.title}”?</h1>
<p class="more">It won't be sent to ${record.to}. This can't be taken back.</p>
${form(
  frame,
  `/${record.id}/withdraw`,
  "list",
  html`<div class="acts"><button class="button">Withdraw</button><a class="button plain" href="${href(frame, `/${record.id}`)}">Keep it</a></div>`,
)}`;

/** What was typed and what is wrong with it, by pointer; empty on the first look. */
export type Typed = {
  values: Record<string, string>;
  errors: Record<string, string>;
  general: string | null;
};
export const nothingTyped: Typed = { values: {}, errors: {}, general: null };

export function fixScreen(record: MyRecordDetail, typed: Typed, { frame }: { frame: Frame }): Html {
  return html`<a class="back" href="${href(frame, `/${record.id}`)}">‹ ${record.title}</a><h1>Fix and resend</h1>
<p class="quiet">${record.title}, to ${record.to}</p>
<p class="more">${record.says}</p>
${typed.general !== null && html`<p class="notice bad" role="alert">${typed.general}</p>`}
${form(
  frame,
  `/${record.id}/fix`,
  "record",
  html`${record.fields.map((field, index) => input(field, index, record, typed))}
<div class="acts"><button class="button">Fix and resend</button><a class="button plain" href="${href(frame, `/${record.id}`)}">Cancel</a></div>`,
)}`;
}

function input(field: PortalField, index: number, { to }: MyRecord, { values, errors }: Typed): Html {
  const { pointer, label, isWrong } = field;
  const id = `f${index}`;
  const value = values[pointer] ?? formText(field.value);
  const wrong = errors[pointer] ?? (isWrong ? `${to} says this isn't valid.` : null);
  const described = wrong === null ? null : html` aria-describedby="${id}-wrong" aria-invalid="true"`;
  const name = `field:${pointer}`;
  return html`<div class="field"><label for="${id}">${label}</label>${
    wrong !== null && html`<p class="wrong" id="${id}-wrong">${wrong}</p>`
  }${
    typeof field.value === "boolean"
      ? html`<select id="${id}" name="${name}"${described}>${["true", "false"].map(
          (option) =>
            html`<option value="${option}"${option === value && html` selected`}>${option === "true" ? "Yes" : "No"}</option>`,
        )}</select>`
      : html`<input id="${id}" name="${name}" value="${value}"${
          typeof field.value === "number" && html` inputmode="decimal"`
        } maxlength="${fieldMost}" autocomplete="off"${described}>`
  }</div>`;
}
