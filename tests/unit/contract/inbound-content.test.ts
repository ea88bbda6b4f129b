// What is signed must be cut into time and body in one way only.
import { expect, test } from "vitest";
import { contentProblems } from "#lib/contract/inbound-problems.ts";

const problems = (content: string, stored?: string) => {
  const hmac = (text: string) => ({
    hmac: {
      algorithm: "sha256" as const,
      header: "X",
      encoding: "hex" as const,
      prefix: "",
      content: text,
      timestampHeader: "T",
      toleranceSeconds: 300,
    },
  });
  return contentProblems(hmac(content), stored === undefined ? {} : hmac(stored));
};

test.each([
  "{timestamp}{body}",
  "{body}{timestamp}",
  "v0:{timestamp}0{body}",
  "{body}12{timestamp}.",
  "{timestamp}.{body}{timestamp}",
])("%s can be cut in two ways", (content) => {
  expect(problems(content)).toMatchObject([{ field: "options.hmac.content" }]);
  expect(problems(content, content)).toEqual([]);
});

test.each([
  "{body}",
  "{timestamp}.{body}",
  "v0:{timestamp}:{body}",
  "{body}1.{timestamp}",
  "1{timestamp} 1{body}2",
])("%s can't", (content) => {
  expect(problems(content)).toEqual([]);
});
