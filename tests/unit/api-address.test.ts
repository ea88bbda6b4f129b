// What the API has no operation for is a problem with a code, like all that it refuses.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { methods } from "#lib/contract/operation.ts";
import { operations } from "#lib/contract/operations/index.ts";
import { Problem } from "#lib/contract/problem.ts";
import { withKnownOperation } from "#lib/server/api-address.ts";

const server = createServer(withKnownOperation((_request, response) => response.writeHead(204).end()));
let url: string;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise<void>((done) => server.close(() => done())));

const asked = (method: string, path: string) => fetch(`${url}${path}`, { method });

/** They are of another address's form as well, like /teams/{slug}: Next itself says that they take no such method. */
const shared = new Set(["GET /operations/preview", "PATCH /teams/figures", "DELETE /teams/figures"]);

test("each operation is let through, and each other method of its address is told which it takes", async () => {
  for (const { path, method } of operations) {
    const address = `/api/v1${path.replaceAll(/\{\w+\}/g, "some-thing")}`;
    expect((await asked(method, address)).status, `${method} ${path}`).toBe(204);
    const known = operations.filter((each) => each.path === path).map((each) => each.method);
    for (const other of methods.filter((each) => !known.includes(each))) {
      const refused = await asked(other, address);
      if (shared.has(`${other} ${path}`)) continue;
      expect(refused.status, `${other} ${path}`).toBe(405);
      expect(refused.headers.get("allow")?.split(", ")).toEqual(expect.arrayContaining(known));
      expect(refused.headers.get("content-type")).toBe("application/problem+json");
      expect(Problem.parse(await refused.json()).code).toBe("method_not_allowed");
    }
  }
});

describe("an address", () => {
  test.each([
    "/api/v1",
    "/api/v1/",
    "/api/v1/nope",
    "/api/v1/records/1/nope?x=1",
    "/api/v1/providers/a/b/c/d",
  ])("%s that nothing is at is a 404 with its code", async (path) => {
    const refused = await asked("GET", path);
    expect(refused.status).toBe(404);
    expect(Problem.parse(await refused.json()).code).toBe("not_found");
  });

  test.each(["/", "/api/v10", "/api/auth/session", "/providers/nope", "/api/v1/providers/?limit=1"])(
    "%s is let through",
    async (path) => expect((await asked("GET", path)).status).toBe(204),
  );

  test("that can be read can be asked for without its body", async () => {
    expect((await asked("HEAD", "/api/v1/providers")).status).toBe(204);
    expect((await asked("OPTIONS", "/api/v1/records/1/retry")).status).toBe(204);
  });
});
