// What of a call becomes a record's columns: by JSON path of the body, or from a header.

import { createHash } from "node:crypto";
import { ownTypes } from "#lib/core/desk.ts";
import { ExactNumber, parseExact } from "#lib/core/exact-json.ts";
import type { InboundBody } from "#lib/core/inbound/body.ts";
import type { InboundMapping } from "#lib/core/inbound/kinds.ts";
import { headerOf, onlyHeader, type RawHeaders } from "#lib/core/inbound/raw-headers.ts";
import { valuesAt } from "#lib/core/json-path.ts";

export type InboundColumns = {
  /** The sender's name for the event. */
  senderId: string | null;
  type: string | null;
  subject: string | null;
  owner: string | null;
  orderingKey: string | null;
};

/** What the columns hold at most. */
const longest = 200;

/** The columns, or what is wrong with the call, as a sentence for the sender. */
export function mapped(
  mapping: InboundMapping,
  headers: RawHeaders,
  body: InboundBody,
): InboundColumns | { problem: string } {
  const doubled = doubledHeader(mapping.id, headers);
  if (doubled !== null) {
    return {
      problem: `The header ${doubled}, which names the event, is there more than once; send it once.`,
    };
  }
  const value = (from: string | null) => (from === null ? null : valueAt(from, headers, body));
  const owner = value(mapping.owner);
  return {
    senderId: value(mapping.id),
    type: notOurs(cut(value(mapping.type))),
    subject: cut(value(mapping.subject)),
    // Cut, it would be someone else's.
    owner: owner === null || owner.length > longest ? null : owner,
    orderingKey: keyOf(value(mapping.orderingKey), longest),
  };
}

/** Types of Redrive's own mean something to it: an event that calls itself so has none. */
const notOurs = (type: string | null): string | null => (type?.startsWith(ownTypes) ? null : type);

/** A text that names one thing, short enough for a key: a longer one by its hash. */
export function keyOf(text: string | null, most: number): string | null {
  if (text === null || text.length <= most) return text;
  return `sha256:${createHash("sha256").update(text).digest("base64url")}`;
}

const inHeader = "header:";

/** An event without a name would be stored again each time it comes: of two names, none is taken for no name. */
function doubledHeader(from: string | null, headers: RawHeaders): string | null {
  if (!from?.startsWith(inHeader)) return null;
  const name = from.slice(inHeader.length);
  const header = headerOf(headers, name.toLowerCase());
  return "problem" in header && header.problem === "doubled" ? name : null;
}

function valueAt(from: string, headers: RawHeaders, body: InboundBody): string | null {
  if (from.startsWith(inHeader))
    return onlyHeader(headers, from.slice(inHeader.length).toLowerCase()) || null;
  const [value] = valuesAt(from, body.value);
  // Of a number that JavaScript rounds, two would be the same: then the digits count.
  const isRounded = typeof value === "number" && !Number.isSafeInteger(value);
  return textOf(isRounded ? valuesAt(from, parseExact(body.text))[0] : value);
}

function textOf(value: unknown): string | null {
  if (value instanceof ExactNumber) return value.digits;
  if (typeof value === "string") return value === "" ? null : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

const cut = (text: string | null): string | null => text?.slice(0, longest).toWellFormed() ?? null;
