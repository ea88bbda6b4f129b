// JSON as text, for an editor: laid out without being parsed, so that every digit and every escape stays as it was, and
// where it breaks, by line and column. Each browser's own words differ, and some name no place.

export type JsonFault = { line: number; column: number; what: string };

const depthMax = 200;

/** The text on many lines, two spaces a level. It must be JSON: see jsonFault. */
export function prettyJson(text: string): string {
  let out = "";
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  for (const [token] of text.matchAll(tokens)) {
    if (token === "{" || token === "[") {
      depth += 1;
      out += `${token}${line()}`;
    } else if (token === "}" || token === "]") {
      depth -= 1;
      // Nothing between them: they stand together.
      out = /[[{]\s*$/.test(out) ? `${out.trimEnd()}${token}` : `${out}${line()}${token}`;
    } else if (token === ",") out += `,${line()}`;
    else out += token === ":" ? ": " : token;
  }
  return out;
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** What is wrong with it first; null when it is JSON. */
export function jsonFault(text: string): JsonFault | null {
  const reader = new Reader(text);
  return reader.whole();
}

/** Where a reader stopped, and why. */
class Broken extends Error {
  readonly at: number;
  constructor(at: number, what: string) {
    super(what);
    this.at = at;
  }
}

class Reader {
  private at = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  whole(): JsonFault | null {
    try {
      this.space();
      if (this.isOver())
        throw new Broken(this.at, "There is nothing here; a payload that says nothing is null");
      this.value(1);
      this.space();
      if (!this.isOver()) throw new Broken(this.at, `${this.here()} stands after the end`);
      return null;
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      return { ...placeOf(this.text, error.at), what: error.message };
    }
  }

  private value(depth: number): void {
    if (depth > depthMax) throw new Broken(this.at, `It is nested more than ${depthMax} levels deep`);
    const sign = this.text[this.at];
    if (sign === "{") this.members("}", () => this.member(depth));
    else if (sign === "[") this.members("]", () => this.value(depth + 1));
    else if (sign === '"') this.string();
    else this.plain();
  }

  /** A number, true, false or null. */
  private plain(): void {
    const word = this.match(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (word === null) throw new Broken(this.at, this.noValue());
    if (/[\w.]/.test(this.text[this.at] ?? "")) {
      throw new Broken(
        this.at - word.length,
        `${quoted(`${word}${this.word()}`)} is no value; text stands in "quotes"`,
      );
    }
  }

  private members(end: string, one: () => void): void {
    const began = this.at;
    this.at += 1;
    this.space();
    if (this.takes(end)) return;
    for (;;) {
      one();
      this.space();
      if (this.takes(end)) return;
      if (this.isOver()) {
        const { line } = placeOf(this.text, began);
        throw new Broken(this.at, `It ends before the ${this.text[began]} of line ${line} is closed`);
      }
      const comma = this.at;
      if (!this.takes(",")) throw new Broken(this.at, `A comma or ${end} is missing before ${this.here()}`);
      this.space();
      if (this.text[this.at] === end) throw new Broken(comma, `The comma before ${end} is one too many`);
    }
  }

  private member(depth: number): void {
    if (this.text[this.at] !== '"')
      throw new Broken(this.at, `A name in "quotes" is missing before ${this.here()}`);
    this.string();
    this.space();
    if (!this.takes(":")) throw new Broken(this.at, `A colon is missing before ${this.here()}`);
    this.space();
    this.value(depth + 1);
  }

  private string(): void {
    const began = this.at;
    this.at += 1;
    for (;;) {
      const sign = this.text[this.at];
      if (sign === undefined || sign === "\n")
        throw new Broken(began, "The text that begins here is not closed");
      if (sign === '"') break;
      if (sign < " ") throw new Broken(this.at, "A control character must be written as an escape, like \\t");
      if (sign === "\\" && this.match(/\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y) === null) {
        throw new Broken(this.at, "A backslash must begin an escape, like \\n, or be doubled");
      } else if (sign !== "\\") this.at += 1;
    }
    this.at += 1;
  }

  private noValue(): string {
    if (this.isOver()) return "It ends where a value is missing";
    if (this.text[this.at] === "'") return 'Text stands in "double quotes"';
    const word = this.word();
    return word === ""
      ? `A value is missing before ${this.here()}`
      : `${quoted(word)} is no value; text stands in "quotes"`;
  }

  private word = (): string => /^[\w.+-]*/.exec(this.text.slice(this.at, this.at + 40))?.[0] ?? "";
  private here = (): string =>
    this.isOver() ? "the end" : quoted(this.word() || (this.text[this.at] ?? ""));
  private isOver = (): boolean => this.at >= this.text.length;
  private space(): void {
    this.match(/[ \t\r\n]*/y);
  }
  private takes(sign: string): boolean {
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }
  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    this.at += found?.length ?? 0;
    return found;
  }
}

const quoted = (word: string): string => `“${word}”`;

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
