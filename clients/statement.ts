// The one statement that enqueues a record: `select redrive.enqueue(…)` with what is given of it, as parameters.
import type { EnqueueRecord } from "./operations.ts";

/** Values of the statement's parameters, each as text: the statement says what they are. */
export type Statement = { text: string; values: (string | null)[] };

type Field = Exclude<keyof EnqueueRecord, "provider" | "payload">;

/** The function's argument for each field, and how its text is read. */
const args: Record<Field, { name: string; type: string }> = {
  id: { name: "id", type: "uuid" },
  type: { name: "type", type: "text" },
  idempotencyKey: { name: "idempotency_key", type: "text" },
  dedupeKey: { name: "dedupe_key", type: "text" },
  orderingKey: { name: "ordering_key", type: "text" },
  correlationId: { name: "correlation_id", type: "text" },
  owner: { name: "owner", type: "text" },
  subject: { name: "subject", type: "text" },
  headers: { name: "headers", type: "jsonb" },
  priority: { name: "priority", type: "int" },
  notBefore: { name: "not_before", type: "timestamptz" },
  onDelivered: { name: "on_delivered", type: "text" },
  onFailed: { name: "on_failed", type: "text" },
  onRejected: { name: "on_rejected", type: "text" },
  keepResponse: { name: "keep_response", type: "boolean" },
};

/** @throws TypeError naming the field that can't be sent. */
export function enqueueStatement({ provider, payload, ...options }: EnqueueRecord): Statement {
  if (typeof provider !== "string" || provider === "")
    throw new TypeError("provider: is missing; name the provider that the record is for");
  const values: (string | null)[] = [provider, jsonText("payload", payload)];
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== null);
  const named = given.map(([field, value]) => {
    if (!isField(field)) throw new TypeError(`${field}: is not known; leave it out`);
    const { name, type } = args[field];
    values.push(type === "jsonb" ? jsonText(field, value) : String(value));
    return `, ${name} => $${values.length}::text::${type}`;
  });
  return {
    text: `select redrive.enqueue($1::text, $2::text::jsonb${named.join("")})::text as id`,
    values,
  };
}

const isField = (name: string): name is Field => Object.hasOwn(args, name);

function jsonText(field: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new TypeError(
      `${field}: can't be written as JSON (${cause instanceof Error ? cause.message : cause})`,
      {
        cause,
      },
    );
  }
  if (text === undefined) throw new TypeError(`${field}: is missing, or is no JSON value`);
  return text;
}
