// The provider's own words in an answer: the one sentence in it that a person wants to read.
// JSON is searched where APIs put their messages; a page gives its title; the rest its first 200 characters.

const longest = 200;

/** What the body says, at most 200 characters on one line; null when it says nothing. */
export function providerWords(body: string): string | null {
  // A body can be megabytes; a message that begins after 100,000 characters is not one for people.
  const text = body.slice(0, 100_000).trim();
  if (text === "") return null;
  const parsed = parse(text);
  if (parsed !== undefined) return tidy(inJson(parsed, 0) ?? text);
  return tidy(inPage(text) ?? text);
}

function parse(text: string): unknown {
  if (!/^[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where a message may stand, the most telling first: a named field's complaint before a general title. */
const lists = ["errors", "invalid-params", "invalid_params", "violations", "details", "detail", "issues"];
const texts = ["message", "error_description", "detail", "error", "msg", "reason", "description", "title"];
const fields = ["field", "param", "property", "attribute"];
/** Only of an entry in a list: at the top, `path` and `name` are the URL and the exception's class. */
const fieldsOfEntry = [...fields, "pointer", "path", "loc", "name"];

function inJson(value: unknown, depth: number): string | null {
  if (depth > 4) return null;
  if (typeof value === "string") return value.trim() === "" ? null : value;
  if (Array.isArray(value)) return first(value.slice(0, 20), (item) => inJson(item, depth + 1));
  if (!isObject(value)) return null;
  return first(lists, (key) => inList(value[key], depth + 1)) ?? inComplaint(value, depth);
}

/** `[{ field, message }]`, `["…"]`, or Rails' `{ postal_code: ["is invalid"] }`. */
function inList(value: unknown, depth: number): string | null {
  if (Array.isArray(value)) return inJson(value, depth);
  if (!isObject(value)) return null;
  if (texts.some((key) => typeof value[key] === "string")) return inJson(value, depth);
  return first(Object.entries(value).slice(0, 20), ([field, complaint]) => {
    const words = inJson(complaint, depth + 1);
    return words === null ? null : withField(field, words);
  });
}

function inComplaint(value: Json, depth: number): string | null {
  const words = first(texts, (key) => inJson(value[key], depth + 1));
  if (words === null) return null;
  const field = first(depth === 0 ? fields : fieldsOfEntry, (key) => fieldName(value[key]));
  return field === null ? words : withField(field, words);
}

/** `postal_code`, `/data/postal_code`, or `["body", "postal_code"]`. */
function fieldName(value: unknown): string | null {
  if (Array.isArray(value)) {
    const parts = value.filter((part) => typeof part === "string" || typeof part === "number");
    return parts.length === 0 ? null : fieldName(parts.filter((part) => part !== "body").join("."));
  }
  if (typeof value !== "string" || value.trim() === "" || value.length > 80) return null;
  return value.replace(/^[#/]+/, "");
}

const withField = (field: string, words: string): string =>
  field === "" || words.toLowerCase().includes(field.toLowerCase()) ? words : `${field}: ${words}`;

function first<T>(items: readonly T[], find: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

function inPage(text: string): string | null {
  if (!/^\s*<(!doctype|html|head|body|\?xml)/i.test(text)) return null;
  const title = text.match(/<(title|h1|message|faultstring)[^>]{0,200}>([^<]{1,400})</i)?.[2]?.trim();
  return title || text.slice(0, 10_000).replace(/<[^>]{0,1000}>/g, " ");
}

function tidy(text: string): string | null {
  const line = text
    .slice(0, 4 * longest)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, " ")
    .trim();
  if (line === "") return null;
  return line.length <= longest
    ? line
    : `${line
        .slice(0, longest - 1)
        .toWellFormed()
        .trimEnd()}…`;
}
