// The payload as its sender wrote it. JSON.parse alone rounds numbers beyond 2^53, such as the ids of many systems.
type Context = { source?: string };
type ExactJson = {
  parse: (text: string, reviver: (key: string, value: unknown, context: Context) => unknown) => unknown;
  rawJSON: (text: string) => unknown;
};

// Node 24 has both; TypeScript's library does not name them yet.
const exact = JSON as unknown as ExactJson;

/** The text of a body's member `payload`, every digit of its numbers kept. */
export function exactPayload(body: string): string {
  const whole = exact.parse(body, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && String(value) !== source
      ? exact.rawJSON(source)
      : value,
  );
  return JSON.stringify((whole as { payload: unknown }).payload);
}
