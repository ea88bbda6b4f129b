import { InMemoryProvider, OpenFeature } from "@openfeature/server-sdk";
import { afterEach, expect, test } from "vitest";
import { createFlags, type Flags } from "#worker/flags.ts";

afterEach(() => OpenFeature.clearProviders());

/** Of a hundred records, how many are sent; `atOnce` how many of them needed no question. */
async function share(flags: Flags) {
  const answers = Array.from({ length: 100 }, (_, at) => flags.isShadowed("ats", `order-${at}`));
  const shadowed = await Promise.all(answers);
  return {
    sent: shadowed.filter((is) => !is).length,
    atOnce: answers.filter((answer) => answer === false).length,
  };
}

/** A flag service that says of `sent` what `say` says, and how often it was asked for whom. */
function aService(say: (key: unknown, fallback: boolean) => boolean) {
  const asked: unknown[] = [];
  const service = new InMemoryProvider({});
  service.resolveBooleanEvaluation = async (_name, fallback, context) => {
    asked.push(context?.provider);
    return { value: say(context?.targetingKey, fallback), reason: "TARGETING_MATCH" };
  };
  return { service, asked };
}

test("a canary is sent where any share of the records is, and only there", async () => {
  const flags = await createFlags("worker 1");
  const shadowed = (values: Record<string, unknown>) => {
    flags.set("ats", values);
    return Promise.all(
      Array.from({ length: 100 }, (_, at) => flags.isShadowed("ats", `canary-${at}`, { canary: true })),
    ).then((answers) => answers.filter(Boolean).length);
  };
  expect(await shadowed({ percentage: 1 })).toBe(0);
  expect(await shadowed({ percentage: 0 })).toBe(100);
  expect(await shadowed({ percentage: 50, shadow: true })).toBe(100);
});

test("without a flag service of the application's the table decides, and nobody is asked where all is sent", async () => {
  const flags = await createFlags("worker 1");
  expect(await share(flags)).toEqual({ sent: 100, atOnce: 100 });
  flags.set("ats", { enabled: true, shadow: false, percentage: 100 });
  expect(await share(flags)).toEqual({ sent: 100, atOnce: 100 });
  flags.set("ats", { shadow: true });
  expect(await share(flags)).toEqual({ sent: 0, atOnce: 0 });
  flags.set("ats", { percentage: 30 });
  const { sent } = await share(flags);
  expect(sent).toBeGreaterThan(15);
  expect(sent).toBeLessThan(45);
});

test("two workers of one process have each their own table", async () => {
  const [one, two] = [await createFlags("worker 1"), await createFlags("worker 2")];
  one.set("ats", { shadow: true });
  expect((await share(one)).sent).toBe(0);
  expect((await share(two)).sent).toBe(100);
});

test.each(["for redrive", "as the default", "after the worker began"])(
  "a flag service that the application registers %s is asked for each record, and its answer counts",
  async (where) => {
    const { service, asked } = aService((key) => key === "order-7");
    const register = () =>
      where === "as the default"
        ? OpenFeature.setProviderAndWait(service)
        : OpenFeature.setProviderAndWait("redrive", service);
    if (where !== "after the worker began") await register();
    const flags = await createFlags("worker 1");
    if (where === "after the worker began") await register();
    flags.set("ats", { percentage: 100 });
    expect(await share(flags)).toEqual({ sent: 1, atOnce: 0 });
    expect(asked).toHaveLength(100);
    expect(new Set(asked)).toEqual(new Set(["ats"]));
  },
);

test("a flag service that knows nothing of the switch, or fails, leaves it to the table", async () => {
  const flags = await createFlags("worker 1");
  flags.set("ats", { shadow: true });
  const { service } = aService((_, fallback) => fallback);
  await OpenFeature.setProviderAndWait("redrive", service);
  expect((await share(flags)).sent).toBe(0);
  service.resolveBooleanEvaluation = () => Promise.reject(new Error("no network"));
  expect((await share(flags)).sent).toBe(0);
  flags.set("ats", {});
  expect((await share(flags)).sent).toBe(100);
});
