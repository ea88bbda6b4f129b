// JSON whose numbers keep every digit. JSON.parse alone rounds numbers beyond 2^53, such as the ids of many systems.

/** A number that JavaScript's own cannot hold, by its digits. */
export class ExactNumber {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

export type Exact = null | boolean | number | string | ExactNumber | Exact[] | { [name: string]: Exact };

type Context = { source?: string };
type Native = {
  parse: (text: string, reviver: (key: string, value: unknown, context: Context) => unknown) => unknown;
  rawJSON: (text: string) => unknown;
};

// Node 24 has both; TypeScript's library does not name them yet.
const native = JSON as unknown as Native;

/** Deeper is no one's data; a parser would run out of stack. */
export const depthMax = 200;

/** The value of JSON text; two numbers of one value are the same, however they are written. */
export const parseExact = (text: string): Exact =>
  native.parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined ? exactNumber(value, source) : value,
  ) as Exact;

function exactNumber(value: number, source: string): number | ExactNumber {
  const digits = plainDigits(source);
  return plainDigits(String(value)) === digits ? value : new ExactNumber(digits);
}

/** `1.50` and `15e-1` as `1.5`: without an exponent, nothing at the ends that says nothing. */
function plainDigits(source: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const shift = Number(exponent);
  // Written out, many of them would fill the memory; as it is written, it equals itself.
  if (!/\d/.test(whole) || Math.abs(shift) > 400) return source;
  const point = whole.length + shift;
  const digits = whole + fraction;
  const before = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  const after = point > 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  const kept = before.replace(/^0+(?=\d)/, "");
  const rest = after.replace(/0+$/, "");
  const plain = rest === "" ? kept : `${kept}.${rest}`;
  return plain === "0" ? "0" : sign + plain;
}

/** The text of a value, every digit kept. */
export const exactText = (value: Exact): string =>
  JSON.stringify(value, (_key, member) =>
    member instanceof ExactNumber ? native.rawJSON(member.digits) : member,
  );

/** Whether brackets nest deeper than anyone's data. Most texts have fewer of them than that, which is soon known. */
export const isTooDeep = (text: string): boolean => hasManyBrackets(text) && depthOf(text) > depthMax;

function hasManyBrackets(text: string): boolean {
  let many = 0;
  for (const bracket of ["{", "["]) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      if (++many > depthMax) return true;
    }
  }
  return false;
}

/** How deep brackets nest, text left aside. */
export function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) inText = true;
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}
