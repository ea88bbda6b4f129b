// Turning knobs through the API.
import { expect, test } from "vitest";
import { SimulatedProvider } from "#lib/contract/simulator.ts";
import { aProvider, deliver, simulator, statusOf } from "./support.ts";

const patch = (slug: string, body: unknown) =>
  fetch(`${simulator.url}/api/providers/${slug}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

test("a partial change leaves the other knobs alone, within latency too", async () => {
  const provider = aProvider({ errorShare: 0.2, latency: { distribution: "bimodal", slowMs: 900 } });
  const before = provider.counts();
  const response = await patch(before.slug, { latency: { medianMs: 5 }, capacity: 3 });
  expect(response.status).toBe(200);
  const after = SimulatedProvider.parse(await response.json());
  expect(after.knobs).toEqual({
    ...before.knobs,
    capacity: 3,
    latency: { ...before.knobs.latency, medianMs: 5 },
  });
});

test("a knob can be turned before the first delivery, and by null switched off", async () => {
  await patch("fresh", { outage: "503", retryAfter: "5" });
  const fresh = simulator.provider("fresh");
  expect(await statusOf(deliver(fresh))).toBe(503);
  await patch("fresh", { outage: "none", retryAfter: null });
  expect(fresh.counts().knobs).toMatchObject({ outage: "none", retryAfter: null });
});

const wrong: [field: string, body: unknown][] = [
  ["errorShare", { errorShare: 2 }],
  ["latency.medianMs", { latency: { medianMs: -1 } }],
  ["outage", { outage: "sometimes" }],
  ["reject.pattern", { reject: { path: "a", pattern: "(", message: "m" } }],
  ["retryAfter", { retryAfter: "a\r\nset-cookie: b" }],
  ["speed", { speed: 1 }],
  ["latency.speed", { latency: { speed: 1 } }],
  ["", "no JSON"],
];
for (const [field, body] of wrong) {
  test(`a bad ${field || "body"} is refused by name, and nothing changes`, async () => {
    const provider = aProvider();
    const before = provider.counts();
    const response = await patch(before.slug, body);
    expect(response.status).toBe(422);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = await response.json();
    expect(problem).toMatchObject({ code: "invalid_input", errors: [{ field }] });
    expect(problem.detail).toContain(field);
    expect(provider.counts()).toEqual(before);
  });
}

test("only a person's turn is noted as a person's", async () => {
  const provider = aProvider({ errorShare: 0.1 });
  await patch(provider.counts().slug, { outage: "none" });
  expect([...provider.turnedByPerson().keys()]).toEqual(["outage"]);
});

test("knobs turned while requests are out meet the next ones", async () => {
  const provider = aProvider({ latency: { medianMs: 30 } });
  const arrived = provider.nextRequest();
  const out = statusOf(deliver(provider));
  await arrived;
  provider.set({ latency: { medianMs: 0 }, errorShare: 1 });
  expect(await statusOf(deliver(provider))).toBe(500);
  expect(await out).toBe(200);
});

test("a path that does not exist and a slug that can't be one answer 404", async () => {
  const asked = ["/", "/api/nothing", "/api/providers/ats/nothing", "/api/providers/A!", "/p/A!/records"];
  const answers = await Promise.all(asked.map((path) => statusOf(fetch(`${simulator.url}${path}`))));
  expect(answers).toEqual(asked.map(() => 404));
});
