// The provider's own validation: one member of the payload must match one pattern.
import type { Knobs } from "#lib/contract/simulator.ts";
import { jsonOf } from "#simulator/http.ts";

/** The body of a 422, or null when the payload is well. */
export type Validate = (body: Buffer) => string | null;

/** Made once when the knob is set, so that no request compiles a pattern. */
export function validator(rule: NonNullable<Knobs["reject"]>): Validate {
  const path = rule.path.split(".");
  const pattern = new RegExp(rule.pattern);
  const refusal = JSON.stringify({ error: "invalid", field: path.at(-1), message: rule.message });
  return (body) => {
    const value = memberAt(jsonOf(body), path);
    const told = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return told && pattern.test(String(value)) ? null : refusal;
  };
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}
