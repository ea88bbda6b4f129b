// Regular expressions that people write into rules, in RE2's syntax: without looking back or ahead, and so in time
// proportional to the text, whatever the expression and whatever a provider answers.
import { RE2JS, RE2JSSyntaxException } from "re2js";

const longestPattern = 500;
/** Steps of a compiled expression; each may cost its time at each character. */
const stepsMax = 1_000;
/** Characters of a text that are read: a message for people stands at the beginning. */
const readMax = 65_536;

/** What is wrong with an expression, as half a sentence for people; null when nothing is. */
export function patternProblem(pattern: string): string | null {
  const read = readPattern(pattern);
  return "problem" in read ? read.problem : null;
}

/** Whether an expression fits somewhere in the text's first 65,536 characters; a wrong expression fits nowhere. */
export function matches(pattern: string, text: string): boolean {
  const read = readPattern(pattern);
  if ("problem" in read) return false;
  try {
    return read.expression.test(text.slice(0, readMax));
  } catch {
    return false;
  }
}

type Read = { expression: RE2JS } | { problem: string };

const known = new Map<string, Read>();
const knownMax = 500;

function readPattern(pattern: string): Read {
  if (pattern.length > longestPattern)
    return { problem: `has ${pattern.length} characters; it may have ${longestPattern}` };
  const before = known.get(pattern);
  if (before) return before;
  const read = compile(pattern);
  if (known.size >= knownMax) known.clear();
  known.set(pattern, read);
  return read;
}

function compile(pattern: string): Read {
  if (pattern === "") return { problem: "is empty; it would fit every text" };
  try {
    const expression = RE2JS.compile(pattern);
    if (expression.programSize() > stepsMax) return { problem: "is too large; repeat less, like {1,20}" };
    return { expression };
  } catch (error) {
    return { problem: `does not parse${whyOf(error)}; it is read in RE2's syntax` };
  }
}

/** "missing closing )" of "error parsing regexp: missing closing ): `(a`". */
function whyOf(error: unknown): string {
  if (!(error instanceof RE2JSSyntaxException)) return "";
  const input = error.getPattern();
  return `: ${error.getDescription()}${input ? ` in ${input}` : ""}`;
}
