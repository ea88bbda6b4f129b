// How a schema reads as rows.
import { expect, test } from "vitest";
import { operationsFor } from "#lib/client/openapi.ts";
import { schemaFields, typeWords } from "#lib/client/schema-fields.ts";
import { openApi } from "#lib/contract/openapi.ts";
import { operations } from "#lib/contract/operations/index.ts";

const components = {
  Slug: { type: "string", minLength: 1, maxLength: 63 },
  Limit: { type: "object", properties: { perDay: { type: "integer", minimum: 1 } }, required: ["perDay"] },
};

test("members within members follow them, with their whole place", () => {
  const schema = {
    type: "object",
    properties: {
      slug: { $ref: "#/components/schemas/Slug" },
      limit: { anyOf: [{ $ref: "#/components/schemas/Limit" }, { type: "null" }] },
      tags: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } },
    },
    required: ["slug"],
  };
  expect(schemaFields(schema, components)).toEqual([
    { path: "slug", type: "text, 1 to 63 characters", isRequired: true },
    { path: "limit", type: "object, or null", isRequired: false },
    { path: "limit.perDay", type: "whole number, at least 1", isRequired: true },
    { path: "tags", type: "list of object", isRequired: false },
    { path: "tags[].name", type: "text", isRequired: false },
  ]);
});

test.each([
  [{ enum: ["a", "b"] }, '"a" · "b"'],
  [{ const: "oauth2" }, '"oauth2"'],
  [{ type: "integer", minimum: 1, maximum: 200, default: 50 }, "whole number, 1 to 200; 50 unless said"],
  [{ type: "string", format: "date-time" }, "time"],
  [{ $ref: "#/components/schemas/Gone" }, "any JSON"],
  [{ oneOf: [{ type: "number" }, { type: "boolean" }] }, "number, or true or false"],
])("%o reads: %s", (schema, words) => {
  expect(typeWords(schema, components)).toBe(words);
});

test("a shape that holds itself is not opened for ever", () => {
  const endless = { Node: { type: "object", properties: { next: { $ref: "#/components/schemas/Node" } } } };
  expect(schemaFields({ $ref: "#/components/schemas/Node" }, endless).length).toBeLessThan(10);
});

test("an operation is found by all of the words, wherever they stand", () => {
  const description = openApi(operations, "0.0.0");
  const found = (looked: string) =>
    operationsFor(description, looked).flatMap(({ listed }) => listed.map(({ operationId }) => operationId));
  expect(found("")).toHaveLength(operations.length);
  expect(found("post RETRY group")).toEqual(["retryGroup"]);
  expect(found("manage_providers delete")).toEqual(["deleteProvider", "deleteInboundSource"]);
  expect(found("410 gone")).toEqual(["useRecoveryLink"]);
  expect(found("/teams")).toEqual(["listTeams", "createTeam", "patchTeam", "deleteTeam", "getTeamFigures"]);
  expect(found("weather")).toEqual([]);
});
