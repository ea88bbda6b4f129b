// What of JSON Postgres would not keep as jsonb, or only dearly: told before it is asked. One such value fails the statement
// that it shares with others, and 10 bytes of it (1e131071) are 128 KiB once they are written out.

export type Unstorable =
  /** `place` is a JSON Pointer (RFC 6901), cut where it is long; `says` what is there, and the mend. */
  | { kind: "value"; place: string; says: string }
  /** Its numbers alone would be over the limit of a payload. */
  | { kind: "size"; says: string };

/** Before the point, and after it. A double has 309 and 340 at most; numeric could keep 131,072 and 16,383. */
export const digitsMax = 1_000;

/** Of a payload, as it is stored. */
const bytesMax = 1_048_576;

/** The first thing in JSON text that can't be stored; null when all can. `text` has to be valid JSON. */
export const unstorable = (text: string): Unstorable | null => badTextIn(text) ?? badNumberIn(text);

// Each begins with a look that costs an ordinary body about a microsecond; only what it finds is read with care.

const maybeBadText = /\\u(?:0000|d[89a-f])/i;
/** Escapes one after another, so that the second of two backslashes begins none; a whole pair is one. */
const escapes = /\\(?:u(?:d[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|([0-9a-f]{4}))|[^u])/gi;

function badTextIn(text: string): Unstorable | null {
  if (!maybeBadText.test(text)) return null;
  for (const { 1: alone, index } of text.matchAll(escapes)) {
    if (alone === undefined) continue;
    const place = placeOf(text, index);
    if (alone === "0000")
      return {
        kind: "value",
        place,
        says: "holds a NUL character (\\u0000), which can't be stored; take it out",
      };
    if (/^d[89a-f]/i.test(alone))
      return {
        kind: "value",
        place,
        says: `holds half of a surrogate pair (\\u${alone}), which can't be stored; send the whole character`,
      };
  }
  return null;
}

/** Outside of a text a number ends so. Ids in hex have many an `e` between digits, but then a quote at the end. */
const maybeLongOnceWritten = /\d[eE][+-]?\d{2,}(?:[\s,}\]]|$)/;
const number = /(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?/y;

function badNumberIn(text: string): Unstorable | null {
  if (!hasLongRun(text) && !maybeLongOnceWritten.test(text)) return null;
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) === quote) at = endOfText(text, at);
    if (!isDigit(text, at)) continue;
    number.lastIndex = at;
    const [written = "", whole = "", fraction = "", exponent] = number.exec(text) ?? [];
    const shift = Number(exponent ?? 0);
    const before = Math.max(1, whole.length + shift);
    const after = Math.max(0, fraction.length - shift);
    if (before > digitsMax || after > digitsMax) {
      const says = `holds a number of over ${digitsMax} digits, as it is written out; send it as a text`;
      return { kind: "value", place: placeOf(text, at), says };
    }
    if (exponent !== undefined) bytes += before + after;
    if (bytes > bytesMax)
      return {
        kind: "size",
        says: "holds numbers that are over 1 MiB (1048576 bytes) once they are written out",
      };
    at += written.length - 1;
  }
  return null;
}

/** Whether more digits stand in a row than a number may have: each such row covers one of these places. */
function hasLongRun(text: string): boolean {
  for (let at = digitsMax; at < text.length; at += digitsMax + 1) {
    if (!isDigit(text, at)) continue;
    let from = at;
    let to = at;
    while (at - from <= digitsMax && isDigit(text, from - 1)) from--;
    while (to - from < digitsMax && isDigit(text, to + 1)) to++;
    if (to - from >= digitsMax) return true;
  }
  return false;
}

const quote = 0x22;
const backslash = 0x5c;

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

/** Where the text that begins at a place ends: its second quote. */
function endOfText(text: string, from: number): number {
  let at = from + 1;
  for (; at < text.length && text.charCodeAt(at) !== quote; at++) {
    if (text.charCodeAt(at) === backslash) at++;
  }
  return at;
}

const placeMax = 200;

/** The pointer to what stands at a position of JSON text; of a member's name, to the object that has it. */
function placeOf(text: string, position: number): string {
  // Each container that is open: the index, or the name, of the member that we are in; null before its name.
  const open: (number | string | null)[] = [];
  for (let at = 0; at < position; at++) {
    switch (text[at]) {
      case '"': {
        const end = endOfText(text, at);
        if (end < position && open.at(-1) === null) open.splice(-1, 1, JSON.parse(text.slice(at, end + 1)));
        at = end;
        break;
      }
      case "{":
        open.push(null);
        break;
      case "[":
        open.push(0);
        break;
      case ",": {
        const member = open.pop();
        open.push(typeof member === "number" ? member + 1 : null);
        break;
      }
      case "}":
      case "]":
        open.pop();
    }
  }
  const pointer = open
    .filter((member) => member !== null)
    .map((member) => `/${String(member).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
  return pointer.length <= placeMax ? pointer : `${pointer.slice(0, placeMax).toWellFormed()}…`;
}
