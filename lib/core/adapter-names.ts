// The adapters that Redrive brings along, and the schemes of the URLs that each takes. An application may register more;
// those are known to its worker only.
import { loopbackAdapter } from "#lib/core/loopback.ts";

export const adapterSchemes: Readonly<Record<string, readonly string[]>> = {
  "http-json": ["http", "https"],
  fetch: ["http", "https"],
  soap: ["http", "https"],
  slack: ["http", "https"],
  email: ["smtp", "smtps"],
  handler: ["handler"],
  // Redrive's own provider alone has it: in its policy stands loopback:, and a worker puts its echo's address in its place.
  [loopbackAdapter]: ["loopback", "http"],
};

/** The adapter for a URL where nobody names one: for each scheme the first that takes it. */
export function adapterFor(url: string): string {
  const scheme = new URL(url).protocol.slice(0, -1);
  const fitting = Object.keys(adapterSchemes).find(
    (name) => name !== loopbackAdapter && adapterSchemes[name]?.includes(scheme),
  );
  return fitting ?? "http-json";
}
