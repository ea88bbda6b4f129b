import { expect, test } from "vitest";
import { GET } from "#app/api/v1/openapi.json/route.ts";
import { openApi } from "#lib/contract/openapi.ts";
import { operations } from "#lib/contract/operations/index.ts";
import packageJson from "../../../package.json" with { type: "json" };

test("the description is there for everybody, and may be kept for a while", async () => {
  const response = await GET(new Request("http://localhost/api/v1/openapi.json"), {
    params: Promise.resolve({}),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("public, max-age=300");
  const served: unknown = await response.json();
  expect(served).toEqual(JSON.parse(JSON.stringify(openApi(operations, packageJson.version))));
  expect(served).toMatchObject({
    openapi: "3.1.1",
    info: { title: "Redrive", version: packageJson.version },
  });
});
