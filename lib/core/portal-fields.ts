// The fields of a payload that an end user may correct, as they are called and shown. A field is named by a JSON Pointer
// (RFC 6901), as a policy's `edit.allowed` has it.

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A field that a person can correct in a form: one value, no list and no group of values. */
export type PortalField = {
  pointer: string;
  /** What people call it: `postal code`. */
  label: string;
  value: string | number | boolean | null;
  /** The provider complained about it. */
  isWrong: boolean;
};

/** The names on the way to a value, `~1` and `~0` undone; null for what is no pointer to a part of a document. */
export function pathOf(pointer: string): string[] | null {
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) return null;
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The allowed fields that the payload has, each a single value, in the policy's order; nothing else of it. */
export function portalFields(
  payload: unknown,
  allowed: readonly string[],
  message: string | null,
): PortalField[] {
  const found = [...new Set(allowed)].flatMap((pointer) => {
    const path = pathOf(pointer);
    const value = path === null ? undefined : valueAt(payload as Json, path);
    return path === null || value === undefined || (typeof value === "object" && value !== null)
      ? []
      : [{ pointer, path, value }];
  });
  const short = found.map(({ path }) => nameOf(path));
  return found.map(({ pointer, path, value }, index) => {
    const name = short[index] ?? "";
    const isAlone = short.indexOf(name) === short.lastIndexOf(name);
    return {
      pointer,
      // Two of one name are told apart by where they stand.
      label: isAlone ? name : path.map(words).join(" "),
      value,
      isWrong: message !== null && isNamedIn(message, path),
    };
  });
}

function valueAt(value: Json, path: readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const name of path) {
    if (Array.isArray(at)) at = /^(0|[1-9]\d*)$/.test(name) ? at[Number(name)] : undefined;
    else if (typeof at === "object" && at !== null) at = Object.hasOwn(at, name) ? at[name] : undefined;
    else return undefined;
  }
  return at;
}

/** The last name that is no place in a list. */
const nameOf = (path: readonly string[]): string =>
  words(path.findLast((name) => !/^\d+$/.test(name)) ?? path.at(-1) ?? "");

/** `postal_code`, `postalCode` and `postal-code` as people write it: `postal code`. */
const words = (name: string): string =>
  name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replace(/[_\-.\s]+/g, " ")
    .trim()
    .toLowerCase();

/** Whether a message speaks of the field, under its own name or in words; shorter names are too common to tell. */
function isNamedIn(message: string, path: readonly string[]): boolean {
  const text = ` ${words(message.slice(0, 1_000)).replace(/[^\p{L}\p{N}]+/gu, " ")} `;
  const name = nameOf(path).replace(/[^\p{L}\p{N}]+/gu, " ");
  return name.length >= 2 && text.includes(` ${name} `);
}

/** `the postal code`, `the postal code and the city`. */
export function fieldList(labels: readonly string[]): string {
  const named = labels.map((label) => `the ${label}`);
  return named.length < 2 ? (named[0] ?? "") : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
}

/** What of `allowed` is not locked as well. */
export const openFields = (allowed: readonly string[], locked: readonly string[]): string[] =>
  allowed.filter((pointer) => !locked.some((lock) => pointer === lock || pointer.startsWith(`${lock}/`)));

/** A corrected value as JSON text, that it stays as it is, or what is wrong with it. */
export type Corrected = { json: string } | { same: true } | { wrong: string };

/** The longest text that an end user may write into a field, characters. */
export const fieldMost = 10_000;

/** A value as a form shows it. */
export const formText = (value: PortalField["value"]): string => (value === null ? "" : String(value));

const numberText = /^-?(0|[1-9]\d{0,30})(\.\d{1,30})?$/;

/** What somebody typed into a field, as the kind of value that it holds; every digit of a number is kept. */
export function typed({ value }: Pick<PortalField, "value">, text: string): Corrected {
  // A form sends each of its fields, and an input can't hold all: JavaScript rounds numbers, a browser drops line breaks.
  if (text === formText(value).replace(/[\r\n]/g, "")) return { same: true };
  switch (typeof value) {
    case "number": {
      const number = text.trim().replace(",", ".");
      return numberText.test(number) ? { json: number } : { wrong: "must be a number, like 12.5" };
    }
    case "boolean":
      return text === "true" || text === "false" ? { json: text } : { wrong: "must be yes or no" };
    default:
      return textOf(text);
  }
}

function textOf(text: string): Corrected {
  if (text.length > fieldMost) return { wrong: "must be at most 10,000 characters" };
  return text.includes("\0") || !text.isWellFormed()
    ? { wrong: "has a character that can't be kept" }
    : { json: JSON.stringify(text) };
}

/** What a program gave for a field: the same kind of value as it holds. */
export function given({ value }: Pick<PortalField, "value">, now: PortalField["value"]): Corrected {
  if (now === value) return { same: true };
  if (now !== null && value !== null && typeof now !== typeof value)
    return { wrong: `must be a ${typeof value}` };
  return typeof now === "string" ? textOf(now) : { json: JSON.stringify(now) };
}
