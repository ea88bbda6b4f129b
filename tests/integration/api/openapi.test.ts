import { afterAll, beforeAll, expect, test } from "vitest";
import { GET } from "#app/api/v1/openapi.json/route.ts";
import { openApi } from "#lib/contract/openapi.ts";
import { operations } from "#lib/contract/operations/index.ts";
import { type Api, anApi, call } from "#tests/integration/api/app.ts";
import packageJson from "../../../package.json" with { type: "json" };

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api[Symbol.asyncDispose]());

test("the description is there for everybody, and may be kept for a while", async () => {
  const { status, headers, body: served } = await call(GET, { path: "/api/v1/openapi.json" });
  expect(status).toBe(200);
  expect(headers.get("cache-control")).toBe("public, max-age=300");
  expect(served).toEqual(JSON.parse(JSON.stringify(openApi(operations, packageJson.version))));
  expect(served).toMatchObject({
    openapi: "3.1.1",
    info: { title: "Redrive", version: packageJson.version },
  });
});
