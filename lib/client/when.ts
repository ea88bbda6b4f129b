// A condition on an answer as the form shows it, and back to what the wire says. What is not chosen is left out.
import type { RuleWhen } from "#lib/contract/policy.ts";

export type Look = "nothing" | "header" | "jsonPath";
export type Test = "exists" | "equals" | "matches";

export const lookOf = ({ header, jsonPath }: RuleWhen): Look =>
  header !== undefined ? "header" : jsonPath !== undefined ? "jsonPath" : "nothing";

export const testOf = ({ equals, matches }: RuleWhen): Test =>
  equals !== undefined ? "equals" : matches !== undefined ? "matches" : "exists";

/** `409` is a number, `4xx` a class; what is neither goes as it is typed, and the server says what is wrong. */
export function statusOf(text: string): RuleWhen["status"] {
  const typed = text.trim();
  if (typed === "") return undefined;
  return (/^\d+$/.test(typed) ? Number(typed) : typed) as RuleWhen["status"];
}

/** A number, true, false and null are what they look like; in quotes they are text. */
export function equalsOf(typed: string): RuleWhen["equals"] {
  const text = typed.trim();
  if (text === "null") return null;
  if (text === "true" || text === "false") return text === "true";
  // "1.0" is on its way to "1.05".
  if (text !== "" && String(Number(text)) === text && Number.isFinite(Number(text))) return Number(text);
  return /^".*"$/.test(text) ? text.slice(1, -1) : typed;
}

/** What the test compares with, as it is typed. */
export function valueText({ header, equals, matches }: RuleWhen): string {
  if (equals === undefined) return matches ?? "";
  // In quotes when it would be read as something else; a header is text whatever it looks like.
  const isOther = header === undefined && typeof equals === "string" && equalsOf(equals) !== equals;
  return isOther ? `"${equals}"` : String(equals);
}

type Shown = {
  status: RuleWhen["status"];
  look: Look;
  /** The header's name, or the path. */
  place: string;
  test: Test;
  value: string;
  body: string;
};

export function whenOf({ status, look, place, test, value, body }: Shown): RuleWhen {
  const isLooking = look !== "nothing";
  return {
    ...(status !== undefined && { status }),
    ...(isLooking && { [look]: place }),
    ...(body !== "" && { body }),
    ...(isLooking && test === "equals" && { equals: look === "header" ? value : equalsOf(value) }),
    ...(isLooking && test === "matches" && { matches: value }),
  };
}
