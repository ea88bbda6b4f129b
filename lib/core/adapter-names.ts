// The adapters that Redrive brings along, and the schemes of the URLs that each takes. An application may register more;
// those are known to its worker only.
export const adapterSchemes: Readonly<Record<string, readonly string[]>> = {
  "http-json": ["http", "https"],
  fetch: ["http", "https"],
  soap: ["http", "https"],
  slack: ["http", "https"],
  email: ["smtp", "smtps"],
  handler: ["handler"],
  // Redrive's own provider alone has it: in its policy stands loopback:, and a worker puts its echo's address in its place.
  loopback: ["loopback", "http"],
};
