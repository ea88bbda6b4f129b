// A message as an e-mail: a text, and the same as HTML that needs no image and no script.
import type { Fact, Line, MessageContent } from "#lib/core/message-content.ts";
import { fitted, plainLine, utc } from "#lib/core/message-text.ts";

export type Email = { subject: string; text: string; html: string };

/** @param recoverLink a page that asks before it acts, good for one act of whom it was sent to; null when nothing is to be done. */
export function emailOf(content: MessageContent, recoverLink: string | null): Email {
  const { title, happened, quote, mend, facts, acts, asides, link } = content;
  const words = quote === null ? null : fitted(quote, 4_000);
  return {
    subject: fitted(title, 200),
    text: [
      fitted(happened, 2_000),
      words === null ? null : `    ${words}`,
      mend,
      facts.map(({ name, value }) => `${name}: ${plainLine(value)}`).join("\n"),
      ...acts.map(plainLine),
      recoverLink === null ? null : `Run again or reject: ${recoverLink}\n${oneAct}`,
      `See them all: ${link}`,
      ...asides.map(plainLine),
    ]
      .filter((part) => part !== null && part !== "")
      .join("\n\n"),
    html: htmlOf({ title, happened, words, mend, facts, acts, asides, link, recoverLink }),
  };
}

const oneAct = "The link is yours, asks before it does anything, and is good for one act.";

type Parts = Pick<MessageContent, "title" | "happened" | "mend" | "facts" | "acts" | "asides" | "link"> & {
  words: string | null;
  recoverLink: string | null;
};

function htmlOf({ title, happened, words, mend, facts, acts, asides, link, recoverLink }: Parts): string {
  const paragraph = (inner: string) => `<p style="margin:0 0 16px">${inner}</p>`;
  const line = (parts: Line) =>
    parts.map((part) => (typeof part === "string" ? html(part) : html(utc(part.at)))).join("");
  const row = ({ name, value }: Fact) =>
    `<tr><th align="left" style="padding:2px 16px 2px 0;font-weight:600">${html(name)}</th><td dir="auto">${line(value)}</td></tr>`;
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${html(title)}</title></head>`,
    `<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1a1b1e;background:#ffffff"><div style="max-width:560px">`,
    `<h1 style="margin:0 0 16px;font-size:20px" dir="auto">${html(fitted(title, 500))}</h1>`,
    paragraph(html(fitted(happened, 2_000))),
    words === null
      ? ""
      : `<blockquote dir="auto" style="margin:0 0 16px;padding:8px 16px;border-left:4px solid #868e96;background:#f1f3f5;overflow-wrap:anywhere">${html(words)}</blockquote>`,
    mend === null ? "" : paragraph(html(mend)),
    facts.length === 0
      ? ""
      : `<table role="presentation" style="margin:0 0 16px;border-collapse:collapse">${facts.map(row).join("")}</table>`,
    ...acts.map((act) => paragraph(`<strong>${line(act)}</strong>`)),
    recoverLink === null
      ? ""
      : paragraph(
          `<a href="${html(recoverLink)}" style="display:inline-block;padding:10px 20px;border-radius:6px;background:#1864ab;color:#ffffff;text-decoration:none">Run again or reject…</a>`,
        ) + paragraph(`<small>${oneAct}</small>`),
    paragraph(`<a href="${html(link)}">See them all in Redrive</a>`),
    ...asides.map((aside) => paragraph(`<small>${line(aside)}</small>`)),
    "</div></body></html>",
  ].join("");
}

const references: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const html = (text: string): string => text.replace(/[&<>"']/g, (character) => references[character] ?? "");
