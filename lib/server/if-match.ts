// `If-Match: "3"`: change it only while it is at version 3.
import { invalid } from "#lib/server/problem.ts";

/** The version; null when any will do. */
export function ifMatchVersion(request: Request): number | null {
  const given = request.headers.get("if-match")?.trim();
  if (given === undefined || given === "*") return null;
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(given)?.[1];
  if (version === undefined)
    throw invalid("If-Match", 'must be the version that was read, like: If-Match: "3"');
  return Number(version);
}
