// JSONPath (RFC 9535) as rules use it: only what takes time in proportion to the document, whatever somebody writes.
// A path searches deep once, takes one thing per bracket, and its filters look at the entry alone: `$..*..*..*` and
// `[*,*][*,*]` multiply their work with each part. Functions are refused, as `match` runs expressions that can stall.
import {
  JSONPathEnvironment,
  JSONPathError,
  type JSONPathQuery,
  jsonpath,
  type Token,
  TokenKind,
} from "json-p3";

const longestPath = 500;
const partsMax = 20;
/** Values in a document that is searched, unless the path is a plain walk. 20,000: the worst path takes about 50 ms. */
const valuesMax = 20_000;
/** Values a path gives at most. */
const foundMax = 1_000;

const example = "write it like $.errors[0].code";

/** What is wrong with a path, as half a sentence for people with the mend; null when nothing is. */
export function jsonPathProblem(path: string): string | null {
  const read = readPath(path);
  return "problem" in read ? read.problem : null;
}

/** The values at a path, at most 1,000; none when the path is wrong, or the document too deep or too large for it. */
export function valuesAt(path: string, document: unknown): unknown[] {
  const read = readPath(path);
  if ("problem" in read) return [];
  if (read.names !== null) return walk(read.names, document);
  if (!read.query.singularQuery() && isHuge(document)) return [];
  return valuesOf(read.query, document);
}

/** `names`: of a path that is nothing but names, like `$.data.id`; null for any other. */
type Read = { query: JSONPathQuery; names: readonly string[] | null } | { problem: string };

const known = new Map<string, Read>();
const knownMax = 2_000;

function readPath(path: string): Read {
  if (path.length > longestPath)
    return { problem: `has ${path.length} characters; it may have ${longestPath}` };
  const before = known.get(path);
  if (before) return before;
  const read = parse(path);
  if (known.size >= knownMax) known.clear();
  known.set(path, read);
  return read;
}

/** Without functions: a path that calls one does not parse. */
class WithoutFunctions extends JSONPathEnvironment {
  protected override setupFilterFunctions(): void {}
}
const environment = new WithoutFunctions();

function parse(path: string): Read {
  if (path.trim() === "") return { problem: `is empty; ${example}` };
  try {
    const query = environment.compile(path);
    const problem = dearness(query);
    return problem === null ? { query, names: namesOf(query) } : { problem };
  } catch (error) {
    return { problem: `does not parse${whereAndWhy(error)}; ${example}` };
  }
}

function whereAndWhy(error: unknown): string {
  if (!(error instanceof JSONPathError)) return "";
  // The library ends its message with a snippet and an index from 0: people count from 1.
  const why = error.message.replace(/ \('.*':\d+\)$/s, "");
  return ` at character ${error.token.index + 1}: ${why}`;
}

/** Why a path could take long, if it could. */
function dearness({ segments }: JSONPathQuery): string | null {
  if (segments.length > partsMax) return `has ${segments.length} parts; it may have ${partsMax}`;
  if (segments.filter(isDeep).length > 1) return "searches deep (..) more than once; once is enough";
  const selectors = segments.flatMap((segment) => segment.selectors);
  if (selectors.length > segments.length)
    return "takes several things in one bracket; write a rule for each, or * for all";
  const looks = selectors.flatMap((selector) => looksOf("expression" in selector ? selector : {}));
  if (looks.some(({ token }) => token.kind === TokenKind.ROOT))
    return "looks at $ inside a filter; a filter looks at the entry alone, like $.errors[?@.code == 7]";
  if (looks.some(({ path }) => !path.singularQuery()))
    return "searches inside a filter; a filter names one value, like $.errors[?@.code == 7]";
  return null;
}

const isDeep = ({ token }: JSONPathQuery["segments"][number]): boolean => token.kind === TokenKind.DDOT;

type Look = { token: Token; path: JSONPathQuery };

/** The queries in a filter: `@.code` and `@.kind` of `?@.code == 7 && @.kind`. */
function looksOf(part: object): Look[] {
  if ("path" in part) return [part as Look];
  const { left, right, expression } = part as { left?: object; right?: object; expression?: object };
  return [left, right, expression].flatMap((inner) => (inner === undefined ? [] : looksOf(inner)));
}

function isHuge(document: unknown): boolean {
  const open = [document];
  for (let seen = 0; open.length > 0; seen += 1) {
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    const inner: unknown[] = Array.isArray(value) ? value : Object.values(value);
    if (seen + open.length + inner.length > valuesMax) return true;
    for (const each of inner) open.push(each);
  }
  return false;
}

/** Most paths are, and all that are usual for webhooks: a walk is spared the query's machinery. */
function namesOf(query: JSONPathQuery): string[] | null {
  if (!query.singularQuery()) return null;
  const names: string[] = [];
  for (const { selectors } of query.segments) {
    const [only] = selectors;
    if (!(only instanceof jsonpath.selectors.NameSelector)) return null;
    names.push(only.name);
  }
  return names;
}

function walk(names: readonly string[], document: unknown): unknown[] {
  let value = document;
  for (const name of names) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
    if (!Object.hasOwn(value, name)) return [];
    value = (value as Record<string, unknown>)[name];
  }
  return [value];
}

function valuesOf(query: JSONPathQuery, document: unknown): unknown[] {
  const found: unknown[] = [];
  try {
    for (const { value } of query.lazyQuery(document as Parameters<JSONPathQuery["lazyQuery"]>[0])) {
      found.push(value);
      if (found.length === foundMax) break;
    }
    return found;
  } catch {
    // Nested deeper than a search goes, 50 levels.
    return [];
  }
}
