// Fetches: the record says what is wanted, the URL where it is, and the answer is kept for the application.
//
//   https://api.example/records/{id}?lang={customer.language}     {"id": 7, "customer": {"language": "de"}}
//   → GET /records/7?lang=de
import { z } from "zod";
import { BadPayload, defineAdapter, type Outgoing } from "#worker/adapters/adapter.ts";
import { contractHeaders } from "#worker/adapters/contract-headers.ts";
import { type Exact, objectIn } from "#worker/adapters/payload.ts";

export const fetching = defineAdapter({
  options: z.strictObject({}),
  create({ policy: { url }, proofNames }) {
    const fill = pathTemplate(url);
    const headers = contractHeaders(proofNames, []);
    return {
      kind: "http",
      build: (record, moment) => ({
        method: "GET",
        path: fill(record),
        headers: headers(record, moment),
        body: null,
      }),
      read: ({ status, body, truncated }) =>
        status >= 200 && status <= 299 && !truncated ? { response: body } : {},
    };
  },
});

/** A URL parser writes `{` in a path as %7B, and leaves it alone in a query. */
const placeholder = /(?:\{|%7B)([\w.-]+)(?:\}|%7D)/i;

/** What makes a record's path and query of a URL with placeholders. */
export function pathTemplate(url: string): (record: Outgoing) => string {
  const { host, pathname, search } = new URL(url);
  if (/[{}]|%7[bd]/i.test(host)) throw new Error("url: a placeholder can't stand in the host");
  // Every second part is a placeholder's name.
  const parts = (pathname + search).split(placeholder);
  const odd = parts.find((part, index) => index % 2 === 0 && /[{}]|%7[bd]/i.test(part));
  if (odd !== undefined) throw new Error(`url: a placeholder is like {id} or {customer.id}: ${odd}`);
  const namesPayload = parts.some((part, index) => index % 2 === 1 && part !== "record.id");
  return (record) => {
    const payload = namesPayload ? objectIn(record.payload) : {};
    const path = parts
      .map((part, index) => (index % 2 === 0 ? part : encoded(part, memberOf(part, payload, record))))
      .join("");
    // `..` is never encoded, and would ask for another resource than the one that the URL names.
    if (/(^|\/)\.\.?(\/|$)/.test(path.split("?", 1)[0] ?? "")) {
      throw new BadPayload("a step in the URL's path would be . or ..");
    }
    return path;
  };
}

function memberOf(name: string, payload: Exact, record: Outgoing): Exact | undefined {
  if (name === "record.id") return record.id;
  let value: Exact | undefined = payload;
  for (const member of name.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, member)) return undefined;
    value = (value as Record<string, Exact>)[member];
  }
  return value;
}

function encoded(name: string, value: Exact | undefined): string {
  if (value === undefined || value === null || value === "") throw new BadPayload(`${name} is missing`);
  if (typeof value === "object") throw new BadPayload(`${name} must be a text or a number`);
  return encodeURIComponent(String(value).toWellFormed());
}
