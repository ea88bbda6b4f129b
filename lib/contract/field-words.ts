// What is wrong with a value, in the words of the house, where its shape has none of its own: what it must be.
import type { z } from "zod";

const kinds: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

const formats: Record<string, string> = {
  datetime: "a time with its zone, like 2026-11-21T14:00:00Z",
  date: "a date, like 2026-11-21",
  email: "an e-mail address, like ada@example.org",
  guid: "an id, like 01a1fe75-4c6f-7a82-89a2-893207ccfcb2",
  uuid: "an id, like 01a1fe75-4c6f-7a82-89a2-893207ccfcb2",
  url: "a URL, like https://ats.example/results",
};

/** Given to zod, which asks it for what has no words yet; undefined leaves them to zod. */
export const fieldWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_type": {
      const kind = kinds[issue.expected];
      if (kind === undefined) return undefined;
      return issue.input === undefined ? `is missing; it must be ${kind}` : `must be ${kind}`;
    }
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.join(", ")}`;
    case "invalid_format": {
      const format = formats[issue.format];
      return format && `must be ${format}`;
    }
    case "too_small":
      return `must ${amount(issue.origin, `${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`)}`;
    case "too_big":
      return `must ${amount(issue.origin, `${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`)}`;
    default:
      return undefined;
  }
};

function amount(origin: string, bound: string): string {
  if (origin === "string") return `have ${bound} character${bound.endsWith(" 1") ? "" : "s"}`;
  return origin === "array" || origin === "set" ? `hold ${bound}` : `be ${bound}`;
}
