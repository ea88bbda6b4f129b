// A page that shows Block Kit roughly as Slack does, for people who want to see what a message looks like before they have
// set anything up, and for pictures.
import type { Block, Modal } from "#tests/support/block-kit.ts";

type Element = Extract<Block, { type: "actions" }>["elements"][number];
type Text = { type: "plain_text" | "mrkdwn"; text: string };

/** A whole page with messages in a channel, one under the other, and a modal beside them. */
export const previewPage = (messages: Block[][], modal?: Modal): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Slack preview</title><style>${css}</style></head><body><main>${messages.map(messageOf).join("")}${
    modal === undefined ? "" : modalOf(modal)
  }</main></body></html>`;

const messageOf = (blocks: Block[]): string =>
  `<article><div class="face" aria-hidden="true">R</div><div class="body"><p class="who"><b>Redrive</b> <span class="app">APP</span> 14:02</p>${blocks
    .map(blockOf)
    .join("")}</div></article>`;

const modalOf = ({ title, blocks, submit, close }: Modal): string =>
  `<section class="modal"><h2>${html(title.text)}</h2>${blocks.map(blockOf).join("")}<div class="end">${
    close === undefined ? "" : `<span class="button">${html(close.text)}</span>`
  }${submit === undefined ? "" : `<span class="button primary">${html(submit.text)}</span>`}</div></section>`;

function blockOf(block: Block): string {
  switch (block.type) {
    case "header":
      return `<h3>${marked(html(block.text.text))}</h3>`;
    case "section":
      return [
        block.text === undefined ? "" : `<div class="text">${textOf(block.text)}</div>`,
        block.fields === undefined
          ? ""
          : `<div class="fields">${block.fields.map((field) => `<div>${textOf(field)}</div>`).join("")}</div>`,
        block.accessory === undefined || block.accessory.type === "image" ? "" : elementOf(block.accessory),
      ].join("");
    case "context":
      return `<div class="context">${block.elements
        .map((element) => (element.type === "image" ? "" : textOf(element)))
        .join(" ")}</div>`;
    case "actions":
      return `<div class="actions">${block.elements.map(elementOf).join("")}</div>`;
    case "divider":
      return "<hr>";
    case "image":
      return `<p class="context">[${html(block.alt_text)}]</p>`;
    case "input":
      return `<div class="input"><b>${html(block.label.text)}</b><div class="field"></div>${
        block.hint === undefined ? "" : `<small>${html(block.hint.text)}</small>`
      }</div>`;
  }
}

const elementOf = (element: Element): string =>
  element.type === "button"
    ? `<span class="button ${element.style ?? ""}">${html(element.text.text)}</span>`
    : `<span class="button">${html(element.placeholder?.text ?? "Choose")} ▾</span>`;

const textOf = ({ type, text }: Text): string =>
  type === "plain_text" ? html(text).replaceAll("\n", "<br>") : mrkdwn(text);

/** Escaped already, as Slack wants it: its own tokens in angle brackets, *bold*, _italic_, `code`, > quotes. */
function mrkdwn(text: string): string {
  const lines = text
    .replace(/"/g, "&quot;")
    .replace(/<!date\^\d+\^[^|>]+\|([^>]*)>/g, "$1")
    .replace(/<(https?:[^|>]+)\|([^>]*)>/g, '<a href="$1">$2</a>')
    .replace(/<(https?:[^|>]+)>/g, '<a href="$1">$1</a>')
    .replace(/(^|\s)\*([^*\n]+)\*(?=\s|$)/g, "$1<b>$2</b>")
    .replace(/(^|\s)_([^_\n]+)_(?=\s|$)/g, "$1<i>$2</i>")
    .replace(/`([^`\n]+)`/g, "<code>$1</code>")
    .split("\n");
  return lines
    .map((line) =>
      /^(&gt;|>)/.test(line)
        ? `<blockquote>${line.replace(/^(&gt;|>)\s?/, "")}</blockquote>`
        : `<p>${line}</p>`,
    )
    .join("");
}

/** Machines that take pictures have no emoji. */
const marks: Record<string, string> = { "🔵": "#1c6fd1", "🟠": "#e8890c", "🔴": "#d03535", "✅": "#2b8a4b" };
const marked = (text: string): string =>
  text.replace(
    /[🔵🟠🔴✅]/gu,
    (mark) => `<span class="mark" role="img" aria-label="${mark}" style="background:${marks[mark]}"></span>`,
  );

const html = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const css = `
body { margin: 0; background: #fff; color: #1d1c1d; font: 15px/1.47 Lato, system-ui, sans-serif; }
main { display: grid; gap: 28px; max-width: 680px; padding: 24px; }
article { display: grid; grid-template-columns: 36px minmax(0, 1fr); gap: 10px; }
.face { display: grid; place-items: center; width: 36px; height: 36px; border-radius: 6px; background: #1864ab; color: #fff; font-weight: 700; }
.body { display: grid; gap: 8px; overflow-wrap: anywhere; }
p, h2, h3 { margin: 0; }
.who { color: #616061; font-size: 13px; }
.who b { color: #1d1c1d; font-size: 15px; }
.app { padding: 1px 4px; border-radius: 3px; background: #ebeaeb; font-size: 10px; }
h3 { font-size: 18px; }
.mark { display: inline-block; width: 14px; height: 14px; border-radius: 50%; vertical-align: -1px; }
blockquote { margin: 4px 0; padding-left: 12px; border-left: 4px solid #ddd; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; }
.context { color: #616061; font-size: 13px; }
.actions, .end { display: flex; flex-wrap: wrap; gap: 8px; }
.end { justify-content: flex-end; }
.button { padding: 5px 12px; border: 1px solid #bbb; border-radius: 4px; font-weight: 700; font-size: 13px; }
.primary { border-color: #007a5a; background: #007a5a; color: #fff; }
.danger { border-color: #c01343; color: #c01343; }
.modal { display: grid; gap: 16px; max-width: 480px; padding: 20px; border: 1px solid #ddd; border-radius: 8px; box-shadow: 0 6px 24px #0002; }
.input { display: grid; gap: 6px; }
.field { height: 64px; border: 1px solid #868686; border-radius: 4px; }
small { color: #616061; }
@media (max-width: 500px) { .fields { grid-template-columns: 1fr; } }
`;
