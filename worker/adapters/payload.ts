// A record's payload as an adapter reads it, every digit kept.
import { BadPayload } from "#worker/adapters/adapter.ts";

/** JSON whose numbers that a double can't hold are their digits, as text. */
export type Exact = string | number | boolean | null | Exact[] | { [member: string]: Exact };
export type ExactObject = { [member: string]: Exact };

/** What a reviver is told of a number: the text it was read from. */
type Source = { source?: string };

/**
 * The payload's members. 12345678901234567890 stays that: as a double it would name another record.
 *
 * @throws BadPayload when it is not an object.
 */
export function objectIn(payload: string): ExactObject {
  const value = parse(payload);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadPayload("the payload must be a JSON object");
  }
  return value;
}

function parse(payload: string): Exact {
  try {
    return JSON.parse(payload, (_key, value, { source }: Source = {}) =>
      typeof value === "number" && source !== undefined && String(value) !== source ? source : value,
    );
  } catch (error) {
    throw new BadPayload(`the payload can't be read: ${error instanceof Error ? error.message : error}`);
  }
}
