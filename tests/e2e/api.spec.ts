// The API's own page; and what no handler sees: requests that are broken before they are one.
import { connect } from "node:net";
import { expect, signIn, test } from "./fixtures.ts";
import { inspectionOf, lightAndDark } from "./inspect.ts";
import { apiKey } from "./installation.ts";

for (const width of [1280, 390]) {
  test(`the API's page is found by word, accessible and fits, light and dark, ${width} wide`, async ({
    page,
    picture,
  }) => {
    const { look, faults } = inspectionOf(page, { picture, looks: lightAndDark(width) });
    await page.setViewportSize({ width, height: 800 });
    await signIn(page);
    await page.getByRole("button", { name: "Your account" }).click();
    await page.getByRole("menuitem", { name: "API" }).click();
    await page.waitForURL("**/docs/api");
    await expect(page.getByRole("heading", { level: 1, name: "API" })).toBeVisible();
    await expect(page.getByText("/failures/groups/{id}/retry")).toBeVisible();
    await look("api");
    await page.getByRole("searchbox", { name: "Search the API" }).fill("retry record");
    await expect(page.getByText("/failures/groups/{id}/mute")).toBeHidden();
    await expect(page).toHaveURL(/q=retry/);
    await page.getByText("/records/{id}/retry", { exact: true }).first().click();
    await expect(page.getByLabel("A body of retryRecord")).toContainText("they fixed it");
    await expect(page.getByText("Someone or something else was first").first()).toBeVisible();
    await look("api-operation");
    await page.getByRole("searchbox", { name: "Search the API" }).fill("no such thing");
    await expect(page.getByTestId("no-match")).toBeVisible();
    await page.goto("/docs/api#patchProvider");
    await expect(page.getByText("limits.perMinute").first()).toBeVisible();
    await look("api-provider");
    expect(faults).toEqual([]);
  });
}

test("what the API has not is a problem, not a page", async ({ request }) => {
  const nowhere = await request.get("/api/v1/nope");
  expect(nowhere.status()).toBe(404);
  expect(await nowhere.json()).toMatchObject({ code: "not_found" });
  const otherwise = await request.put("/api/v1/providers");
  expect(otherwise.status()).toBe(405);
  expect(otherwise.headers().allow).toBe("GET, POST, HEAD, OPTIONS");
  expect(await otherwise.json()).toMatchObject({ code: "method_not_allowed" });
});

const head = (line: string, ...headers: string[]) =>
  [line, "Host: localhost", `Authorization: Bearer ${apiKey}`, "Connection: close", ...headers, "", ""].join(
    "\r\n",
  );
const post = "POST /api/v1/records HTTP/1.1";
const json = "Content-Type: application/json";

/** What is sent, and whether the sender ends its half. */
const broken: [name: string, bytes: string, ends: boolean][] = [
  ["a body cut short", `${head(post, json, "Content-Length: 500")}{"provider":`, true],
  ["a length that is none", `${head(post, json, "Content-Length: many")}{}`, false],
  ["two lengths", `${head(post, json, "Content-Length: 2", "Content-Length: 7")}{}`, false],
  ["chunks that are none", `${head(post, json, "Transfer-Encoding: chunked")}zz\r\n{}\r\n`, false],
  [
    "a length and chunks",
    `${head(post, json, "Content-Length: 2", "Transfer-Encoding: chunked")}2\r\n{}\r\n0\r\n\r\n`,
    false,
  ],
  [
    "a flood of headers",
    head(post, json, ...Array.from({ length: 4_000 }, (_, n) => `X-${n}: ${"x".repeat(40)}`)),
    false,
  ],
  [
    "a compressed body",
    `${head(post, json, "Content-Encoding: gzip", "Content-Length: 3")}\x1f\x8b\x08`,
    false,
  ],
  ["a path that does not decode", head("GET /api/v1/providers/%E0%A4%A HTTP/1.1"), false],
  ["a path with a NUL", head("GET /api/v1/providers/a%00b HTTP/1.1"), false],
  ["a method that nothing takes", head("PATCH /api/v1/records HTTP/1.1", "Content-Length: 0"), false],
  ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", false],
];

for (const [name, bytes, ends] of broken) {
  test(`${name} is answered or cut, at once, and is no fault of the server's`, async ({ baseURL }) => {
    const { port } = new URL(baseURL ?? "");
    const answer = await new Promise<string>((done, fail) => {
      let heard = "";
      const socket = connect({ host: "localhost", port: Number(port), allowHalfOpen: true });
      socket.setTimeout(8_000, () => socket.destroy(new Error("it hangs")));
      socket.on("data", (data) => {
        heard += data.toString("latin1");
      });
      socket.on("error", (error: NodeJS.ErrnoException) =>
        ["ECONNRESET", "EPIPE"].includes(error.code ?? "") ? done(heard) : fail(error),
      );
      socket.on("end", () => socket.end());
      socket.on("close", () => done(heard));
      socket.write(Buffer.from(bytes, "latin1"));
      if (ends) socket.end();
    });
    if (answer !== "") expect(Number(answer.split(" ")[1])).toBeLessThan(500);
  });
}
