// Headers as they came over the wire: name, value, name, value, … Read so, a header that is sent twice can be told from one
// that is sent once.
export type RawHeaders = readonly string[];

export type HeaderValue = { value: string } | { problem: "missing" | "doubled" };

/** The one value of a header; `name` in lower case. */
export function headerOf(raw: RawHeaders, name: string): HeaderValue {
  let found: string | undefined;
  for (let at = 0; at < raw.length; at += 2) {
    const key = raw[at];
    if (key?.length !== name.length || key.toLowerCase() !== name) continue;
    if (found !== undefined) return { problem: "doubled" };
    found = raw[at + 1];
  }
  return found === undefined ? { problem: "missing" } : { value: found };
}

/** The value of a header that is there once; null else. */
export function onlyHeader(raw: RawHeaders, name: string): string | null {
  const header = headerOf(raw, name);
  return "value" in header ? header.value : null;
}
