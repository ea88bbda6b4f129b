// A call's body, once its signature was found right: JSON, as it came, that is not nested for ever.
import { isUtf8 } from "node:buffer";
import { depthMax, isTooDeep } from "#lib/core/exact-json.ts";
import { unstorable } from "#lib/core/storable.ts";

export type InboundBody = { text: string; value: unknown };

/** JSON, or a form with JSON in its field `payload`. */
export const inboundForms = ["json", "form"] as const;
export type InboundForm = (typeof inboundForms)[number];

/** The form that a content type announces; null for one that is not taken. */
export function formOf(contentType: string | null): InboundForm | null {
  if (contentType === "application/json") return "json";
  const [type = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  const charset = parameters
    .map((each) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/.exec(each)?.[1])
    .find(Boolean);
  if (charset !== undefined && charset !== "utf-8" && charset !== "utf8" && charset !== "us-ascii")
    return null;
  const name = type.trim();
  if (name === "application/json" || /^[\w.-]+\/[\w.-]+\+json$/.test(name)) return "json";
  return name === "application/x-www-form-urlencoded" ? "form" : null;
}

/** What is wrong with a body, as a sentence for the sender. */
export type BadBody = { problem: string; isTooLarge?: boolean };

export function readInboundBody(bytes: Buffer, form: InboundForm): InboundBody | BadBody {
  if (!isUtf8(bytes)) return { problem: "The body is not valid UTF-8." };
  const whole = bytes.toString("utf8");
  const text = form === "json" ? whole : payloadIn(whole);
  if (text === null) return { problem: "The form must have the field payload, once." };
  if (isTooDeep(text)) {
    return { problem: `The body is nested more than ${depthMax} levels deep; make it flatter.` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What the parser says quotes the body, which is nobody's business in a log.
    return {
      problem: text.trim() === "" ? "The body is empty; it must be JSON." : "The body is not valid JSON.",
    };
  }
  // A record without a payload is none.
  if (value === null) return { problem: "The body says nothing; send the event as JSON." };
  const bad = unstorable(text);
  if (bad === null) return { text, value };
  if (bad.kind === "size") return { problem: `The body ${bad.says}.`, isTooLarge: true };
  return { problem: `The body, at ${bad.place || "its root"}, ${bad.says}.` };
}

function payloadIn(form: string): string | null {
  const given = new URLSearchParams(form).getAll("payload");
  return given.length === 1 ? (given[0] ?? null) : null;
}
