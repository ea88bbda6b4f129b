// Which failures are the same trouble: provider, type, category, status, the provider's error code, and the message without
// what varies.

export type FingerprintOf = {
  provider: string;
  type: string | null;
  category: string;
  status: number | null;
  /** The provider's own code for what is wrong; null when its answer has none. */
  code: string | null;
  message: string | null;
};

/** Sixteen hex digits, the same for failures that belong in one group. */
export const fingerprint = ({ provider, type, category, status, code, message }: FingerprintOf): string =>
  fnv1a64(JSON.stringify([provider, type, category, status, code, normalizeMessage(message ?? "")]));

/** Where answers have their codes, the most particular first. */
const codeNames = ["code", "errorCode", "error_code"];

/**
 * The provider's code in a JSON answer: `code` and the like, in it or in its `error`, or an `error` that is a word. Words for
 * people are none, and ids would make a group of each record.
 */
export function errorCodeIn(body: string): string | null {
  const answer = objectOf(body);
  if (answer === null) return null;
  const { error } = answer;
  const inner = typeof error === "object" && error !== null ? (error as Record<string, unknown>) : {};
  const found = [inner, answer].flatMap((part) => codeNames.map((name) => part[name]));
  return [...found, error].map(codeOf).find((code) => code !== null) ?? null;
}

function codeOf(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string" || /^[0-9a-f-]{16,}$/i.test(value)) return null;
  return /^[a-z][a-z0-9_.-]{0,39}$/i.test(value) ? value : null;
}

function objectOf(body: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** From the most particular to the least: a UUID would else become five numbers. */
const placeholders: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>]+/g, "{url}"],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, "{email}"],
  [/(?<!\w)(?:"[^"]*"|'[^']*'|`[^`]*`|“[^”]*”|‘[^’]*’|«[^»]*»)(?!\w)/g, "{value}"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "{id}"],
  [/\b\d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?/g, "{date}"],
  [/\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b/g, "{date}"],
  [/\b\d{1,2}:\d{2}(?::\d{2})?\b/g, "{time}"],
  // Hashes, and tokens that mix letters with digits: cus_9s6XKzkNRiz8i3, INV-2041-B.
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/g, "{id}"],
  [/\b(?=[\w-]*\d[\w-]*\d)(?=[\w-]*[a-z])\w+(?:-\w+)*\b/g, "{id}"],
  [/[-+]?\d+(?:[.,]\d+)*/g, "{n}"],
];

/** The message with ids, numbers, dates and quoted values as placeholders, in lower case, on one line. */
export function normalizeMessage(message: string): string {
  const lower = message.slice(0, 500).toLowerCase();
  const plain = placeholders.reduce((text, [pattern, name]) => text.replace(pattern, name), lower);
  return plain.replace(/\s+/g, " ").trim();
}

/** FNV-1a, 64 bits, over UTF-8: not secret, only short. */
function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}
