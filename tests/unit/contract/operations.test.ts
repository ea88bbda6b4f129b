// Every route is an operation of the description, and every operation is a route.
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openApi } from "#lib/contract/openapi.ts";
import { refsIn } from "#lib/contract/openapi-schemas.ts";
import { methods, type Operation } from "#lib/contract/operation.ts";
import { operations } from "#lib/contract/operations/index.ts";

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
  expect(operations.map(asText).toSorted(), "an operation is described that nothing serves").toEqual(
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

describe("the description", () => {
  const description = openApi(operations, "1.2.3");

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
    expect(JSON.stringify(description)).not.toMatch(/__shared|__schema|\$defs|"other\d/);
  });
});
