// XML out of a payload, and XML in from a provider that nobody trusts.
import { XMLParser } from "fast-xml-parser";
import { BadPayload } from "#worker/adapters/adapter.ts";
import type { Exact } from "#worker/adapters/payload.ts";

/** A document's elements by their names without prefixes; texts are texts, elements that repeat are arrays. */
export type Elements = { [name: string]: unknown };

/** Deeper than any document of a third party, and far from the stack's end. */
const deepest = 64;

/**
 * `<name>…</name>`: an object's members become elements, an array repeats its element, null is an empty one.
 *
 * @param attributes as they stand in the tag, written by us.
 * @throws BadPayload for what XML can't carry, naming the member.
 */
export function element(name: string, value: Exact, attributes = "", depth = 0): string {
  if (!/^[A-Za-z_][\w.-]*$/.test(name)) throw new BadPayload(`${name}: can't be the name of an XML element`);
  if (depth > deepest) throw new BadPayload(`${name}: is nested deeper than ${deepest} levels`);
  const open = attributes === "" ? name : `${name} ${attributes}`;
  if (value === null || value === "") return `<${open}/>`;
  return `<${open}>${content(name, value, depth)}</${name}>`;
}

function content(name: string, value: Exact, depth: number): string {
  if (typeof value !== "object" || value === null) return escaped(name, String(value));
  if (Array.isArray(value)) throw new BadPayload(`${name}: a list in a list has no form in XML`);
  return Object.entries(value)
    .flatMap(([member, inner]) =>
      Array.isArray(inner)
        ? inner.map((item) => element(member, item, "", depth + 1))
        : [element(member, inner, "", depth + 1)],
    )
    .join("");
}

// What XML 1.0 has no way to write, not even as a reference.
const unwritable = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const references: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // A reader turns a bare one into a line feed.
  "\r": "&#13;",
};

export function escaped(name: string, text: string): string {
  if (unwritable.test(text)) throw new BadPayload(`${name}: holds a character that XML can't carry`);
  return text.replace(/[&<>"\r]/g, (character) => references[character] ?? "");
}

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  // Reads &#39; and the like, too.
  htmlEntities: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: deepest,
});

/** What a document says; null for what is none, or cut off. One with a DOCTYPE is none: what it declares is not expanded. */
export function readXml(text: string): Elements | null {
  if (!text.trimStart().startsWith("<") || /<!doctype/i.test(text)) return null;
  try {
    return elementsOf(parser.parse(text, true));
  } catch {
    return null;
  }
}

/** The element's children; null when it is a text, several, or not there. */
export const elementsOf = (value: unknown): Elements | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Elements) : null;

/** An element's text, of several the first's; null when it has none. */
export function textOf(value: unknown): string | null {
  if (Array.isArray(value)) return textOf(value[0]);
  return typeof value === "string" && value !== "" ? value : null;
}
