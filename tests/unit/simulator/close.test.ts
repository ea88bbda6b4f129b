import { expect, test } from "vitest";
import { startSimulator } from "#simulator/server.ts";
import { deliver, statusOf } from "./support.ts";

test("close ends hanging, slow and idle connections at once", async () => {
  const simulator = await startSimulator();
  const [hanging, slow, quick] = ["hanging", "slow", "quick"].map(simulator.provider);
  hanging?.set({ timeoutShare: 1 });
  slow?.set({ latency: { distribution: "fixed", medianMs: 70_000 } });
  const asked = [hanging, slow].map(async (provider) => {
    if (!provider) return;
    const arrived = provider.nextRequest();
    const status = statusOf(deliver(provider));
    await arrived;
    return { status };
  });
  const out = await Promise.all(asked);
  if (quick) await statusOf(deliver(quick));

  const started = performance.now();
  await simulator.close();
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(await Promise.all(out.map((request) => request?.status))).toEqual(["lost", "lost"]);
  await expect.poll(() => slow?.inFlight(), { interval: 1 }).toBe(0);
});

test("who waits for a delivery hears of the close", async () => {
  const simulator = await startSimulator();
  const waiting = simulator.provider("ats").nextRequest();
  await simulator.close();
  await expect(waiting).rejects.toThrow("closed before ats got a delivery");
});

test("a client that leaves in the middle of its body disturbs nobody", async () => {
  const simulator = await startSimulator();
  const provider = simulator.provider("ats");
  const leave = new AbortController();
  const body = new ReadableStream({
    start: (stream) => stream.enqueue(new TextEncoder().encode('{"half":')),
  });
  const half = statusOf(
    fetch(`${provider.url}/records`, {
      method: "POST",
      body,
      duplex: "half",
      signal: leave.signal,
    } as RequestInit),
  );
  await expect.poll(() => provider.inFlight(), { interval: 1 }).toBe(1);
  leave.abort();
  expect(await half).toBe("lost");
  await expect.poll(() => provider.inFlight(), { interval: 1 }).toBe(0);
  expect(provider.counts()).toMatchObject({ received: 1, accepted: 0 });
  provider.set({ latency: { distribution: "fixed", medianMs: 0 } });
  expect(await statusOf(deliver(provider))).toBe(200);
  await simulator.close();
});

test("a port in use is refused with its code", async () => {
  const first = await startSimulator();
  await expect(startSimulator({ port: Number(new URL(first.url).port) })).rejects.toMatchObject({
    code: "EADDRINUSE",
  });
  await first.close();
});
