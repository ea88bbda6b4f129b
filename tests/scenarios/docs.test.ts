// What docs/scenarios says works as it stands there: its policies can be saved, its statements run.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CreateInboundSource } from "#lib/contract/inbound.ts";
import { CreateProvider } from "#lib/contract/policy.ts";
import { aScene, type Scene } from "#tests/scenarios/scene.ts";
import { standing } from "#tests/support/engine.ts";

let scene: Scene;
beforeAll(async () => {
  // Nobody is to call the providers that the pages name.
  scene = await aScene({ workers: 0 });
});
afterAll(() => scene[Symbol.asyncDispose]());

test.each(["ats", "ingestion", "sms", "orders", "webhooks"])(
  "%s.md: the policy can be saved, and its records are taken",
  async (page) => {
    const text = readFileSync(`docs/scenarios/${page}.md`, "utf8");
    const blocks = (language: string) =>
      [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
        ([, block = ""]) => block,
      );
    const [json = ""] = blocks("json");
    const { slug, ...policy } = CreateProvider.parse(JSON.parse(json));
    await scene.provider(slug, policy);
    const statements = blocks("sql");
    expect(statements).toHaveLength(1);
    for (const statement of statements) await scene.sql.unsafe(statement);
    expect(await standing(scene.sql, slug)).toMatchObject({ accepted: 1, queued: 1 });
  },
);

test("webhooks.md: the source can be made as it stands there, for the provider beside it", () => {
  const text = readFileSync("docs/scenarios/webhooks.md", "utf8");
  const [, json = ""] = /^curl .*? -d '(\{.*?\})'$/ms.exec(text) ?? [];
  expect(CreateInboundSource.parse(JSON.parse(json))).toMatchObject({ provider: "email-events" });
});
