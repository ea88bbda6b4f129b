// What the documentation says of a policy is what the code takes.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { mergePolicy } from "#db/writes/provider-policy.ts";
import { CreateInboundSource } from "#lib/contract/inbound.ts";
import { optionProblems, secretProblems } from "#lib/contract/inbound-problems.ts";
import { newPolicy } from "#lib/contract/new-policy.ts";
import { CreateProvider, PatchProvider, ProviderPolicy } from "#lib/contract/policy.ts";
import { policyProblems } from "#lib/contract/policy-problems.ts";
import { inboundKinds } from "#lib/core/inbound/kinds.ts";
import { isBuiltIn } from "#lib/core/loopback.ts";
import { holds } from "#lib/core/status.ts";
import { builtInAdapters } from "#worker/adapters/registry.ts";

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const examplesIn = (text: string) =>
  [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) => json ?? "");
const text = page("providers.md");
const examples = examplesIn(text);
const plain = ProviderPolicy.parse({ name: "ATS", url: "https://ats.example/results" });

test.each(examples)("the example of a policy can be saved as it is written: %s", (example) => {
  const policy = mergePolicy(plain, PatchProvider.parse(JSON.parse(example)));
  expect(policyProblems(policy)).toEqual([]);
});

const adapters = builtInAdapters({}, { once: () => Promise.reject(new Error("not here")) });

test.each(examplesIn(page("adapters.md")))(
  "the example of an adapter can be saved as it is written: %s",
  (example) => {
    const policy = CreateProvider.parse(JSON.parse(example));
    const whole = newPolicy(policy);
    expect(policyProblems(whole)).toEqual([]);
    expect(adapters[whole.adapter]?.options.safeParse(policy.options)).toMatchObject({ success: true });
  },
);

test("there is an example for each adapter", () => {
  const shown = examplesIn(page("adapters.md")).map(
    (example) => newPolicy(CreateProvider.parse(JSON.parse(example))).adapter,
  );
  // Redrive's own provider alone has the loopback.
  const theirs = Object.keys(adapters).filter((adapter) => !isBuiltIn({ adapter }));
  expect(shown.sort()).toEqual(theirs.sort());
});

test("there is an example for each part that is not a plain value", () => {
  const shown = new Set(examples.flatMap((example) => Object.keys(JSON.parse(example))));
  expect([...shown].sort()).toEqual(["health", "rules", "schedules", "windows"]);
});

test("every setting of a policy is explained, and every hold", () => {
  const names = Object.entries(ProviderPolicy.shape).flatMap(([name, shape]) => {
    const inner: unknown = "innerType" in shape.def ? shape.def.innerType : shape;
    return inner instanceof z.ZodObject ? [name, ...Object.keys(inner.shape)] : [name];
  });
  expect(names).toContain("runEveryMs");
  for (const name of [...names, ...holds].filter((each) => each !== "name")) {
    expect(text, name).toMatch(new RegExp(`[\`."]${name}\\b`));
  }
});

const inbound = page("inbound.md");

test.each(examplesIn(inbound))(
  "the example of a source of webhooks can be made as it is written: %s",
  (example) => {
    const { kind, options, secrets } = CreateInboundSource.parse(JSON.parse(example));
    expect([...optionProblems(kind, options), ...secretProblems(kind, secrets)]).toEqual([]);
  },
);

test("every kind of source is explained", () => {
  for (const kind of inboundKinds) expect(inbound).toContain(`| \`${kind}\` |`);
});
