// Every route is an operation of the description, and every operation is a route.
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { refsIn } from "#lib/contract/openapi-schemas.ts";
import { methods, type Operation } from "#lib/contract/operation.ts";
import { operations } from "#lib/contract/operations/index.ts";
import { description, faultsOf, schemaFaultsOf } from "#tests/support/contract.ts";

const root = resolve(import.meta.dirname, "../../..");
const routes = globSync("app/api/v1/**/route.ts", { cwd: root }).sort();

const asText = ({ method, path }: Pick<Operation, "method" | "path">) => `${method} ${path}`;
const pathOf = (file: string) =>
  file.slice("app/api/v1".length, -"/route.ts".length).replaceAll(/\[(\w+)\]/g, "{$1}");

test("each method of each route serves the operation of its own address", async () => {
  const served: string[] = [];
  for (const file of routes) {
    const handlers: Record<string, { operation?: Operation } | undefined> = await import(resolve(root, file));
    for (const method of methods.filter((method) => handlers[method])) {
      const operation = handlers[method]?.operation;
      const address = `${method} ${pathOf(file)}`;
      expect(operation && asText(operation), `${address} serves no operation of its own address`).toBe(
        address,
      );
      expect(operations, `${address} is not listed in lib/contract/operations/index.ts`).toContain(operation);
      served.push(address);
    }
  }
  expect(served.length).toBeGreaterThan(60);
  const byRoutes = operations.filter(({ servedBefore }) => servedBefore === undefined);
  expect(byRoutes.map(asText).toSorted(), "an operation is described that nothing serves").toEqual(
    served.toSorted(),
  );
});

test("names of operations are unique, and each path's parameters are described", () => {
  const ids = operations.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
  for (const { id, path, params } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(params?.shape ?? {}), id).toEqual(inPath);
  }
});

describe("an operation", () => {
  const takers = operations.filter(({ input, takes }) => input && takes === undefined);
  test.each(takers.map((operation) => [operation.id, operation] as const))(
    "%s refuses a member that it does not know",
    (_id, { input }) => {
      const schema = z.toJSONSchema(input ?? z.never(), { io: "input", unrepresentable: "any" });
      expect(schema.additionalProperties).toBe(false);
    },
  );
});

describe("the example", () => {
  test.each(operations.map((operation) => [operation.id, operation] as const))(
    "of %s shows all that it takes and answers, and fits",
    (_id, { path, method, params, query, input, output, example, status = 200, takes }) => {
      const described = description.paths[path]?.[method.toLowerCase()];
      expect(Object.keys(example?.params ?? {})).toEqual(Object.keys(params?.shape ?? {}));
      for (const parameter of described?.parameters ?? []) {
        if (parameter.example === undefined) expect(parameter.in, parameter.name).not.toBe("path");
        else expect(schemaFaultsOf(parameter.schema, parameter.example)).toEqual([]);
      }
      expect(() => query?.strict().parse(example?.query ?? {})).not.toThrow();
      expect(example?.input === undefined, "an input without an example").toBe(input === undefined);
      const contents = Object.values(described?.responses ?? {}).flatMap((answer) =>
        "content" in answer ? Object.values(answer.content ?? {}) : [],
      );
      // Refusals are described once for all, by reference.
      for (const { schema = {}, example: shown } of contents) {
        expect(shown, "an answer without an example").toBeDefined();
        expect(schemaFaultsOf(schema, shown)).toEqual([]);
      }
      const exchange = { method, path, status, headers: headersOf({ method, path, status }) };
      const text = example?.output === undefined ? null : JSON.stringify(output?.parse(example.output));
      const sent = takes === undefined ? example?.input : undefined;
      expect(faultsOf({ ...exchange, text, sent })).toEqual([]);
    },
  );
});

/** Those that a success must have. */
function headersOf({ method, path, status }: { method: string; path: string; status: number }): Headers {
  const response = description.paths[path]?.[method.toLowerCase()]?.responses[status];
  const { headers = {}, content = {} } = response && "description" in response ? response : {};
  const [type] = Object.keys(content);
  const named = Object.keys(headers).map((name): [string, string] => [name, "x"]);
  return new Headers([
    ...named,
    ["cache-control", "no-store"],
    ...(type ? [["content-type", type] as [string, string]] : []),
  ]);
}

describe("the description", () => {
  test("is OpenAPI 3.1, as its own schema has it", async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(description));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  test("refers only to what it holds", () => {
    const missing = refsIn(description).filter((id) => !Object.hasOwn(description.components.schemas, id));
    expect(missing).toEqual([]);
    const { responses } = description.components;
    const refs = [...JSON.stringify(description.paths).matchAll(/"#\/components\/responses\/([^"]+)"/g)];
    expect(refs.length).toBeGreaterThan(400);
    expect(refs.map(([, name]) => name).filter((name) => !Object.hasOwn(responses, name ?? ""))).toEqual([]);
  });

  test("describes each operation once", () => {
    const described = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.toSorted()).toEqual(operations.map(asText).toSorted());
  });

  test("has nothing of zod's own in it", () => {
    expect(JSON.stringify(description).match(/__shared|__schema|\$defs|"other\d/)?.[0]).toBeUndefined();
  });
});
