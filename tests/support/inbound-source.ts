// A source of webhooks, stored at once; and calls sent to it.
import type { Sql } from "#db/client.ts";
import { receiveWebhook } from "#lib/contract/operations/outside.ts";
import type { InboundKind, InboundMapping, InboundOptions } from "#lib/core/inbound/kinds.ts";
import type { InboundSecret } from "#lib/core/inbound/verify.ts";
import { readEnv } from "#lib/node/env.ts";
import { inboundSecrets } from "#lib/node/inbound-secrets.ts";
import { holdToContract } from "#tests/support/contract.ts";
import { type Signed, standardHeaders, webhookSecret } from "#tests/support/standard-webhooks.ts";
import { inboundSecret } from "#tests/support/web-server.ts";

type Given = {
  kind?: InboundKind;
  provider?: string;
  options?: InboundOptions;
  secrets?: (string | InboundSecret)[];
  mapping?: Partial<InboundMapping>;
  isEnabled?: boolean;
  bytesMax?: number;
};

export async function aSource(sql: Sql, slug: string, given: Given = {}): Promise<void> {
  const { kind = "standard_webhooks", provider = "crm", options = {}, mapping = {} } = given;
  const { isEnabled = true, bytesMax = 1_048_576 } = given;
  const secrets = (given.secrets ?? [webhookSecret]).map((each) =>
    typeof each === "string" ? { secret: each, until: null } : each,
  );
  const env = readEnv({ NODE_ENV: "test", REDRIVE_SECRET: inboundSecret });
  const sealed = inboundSecrets(env).seal(slug, JSON.stringify(secrets));
  const facts = secrets.map(({ until }) => ({ addedAt: new Date().toISOString(), until }));
  await sql`
    insert into redrive.inbound_sources
      (slug, name, kind, provider, options, sealed_secrets, secrets, mapping, is_enabled, bytes_max, updated_by)
    values (
      ${slug}, ${slug}, ${kind}, ${provider}, ${JSON.stringify(options)}::text::jsonb, ${sealed},
      ${JSON.stringify(facts)}::text::jsonb, ${JSON.stringify(mapping)}::text::jsonb, ${isEnabled}, ${bytesMax}, 'test'
    )`;
}

export type InboundAnswer = { status: number; headers: Headers; body: Record<string, unknown> };

/** Sends a call as a sender would; what it is answered is as the API's description has it. */
export async function sends(
  url: string,
  body: string | Buffer,
  headers: Record<string, string>,
): Promise<InboundAnswer> {
  const response = await fetch(url, { method: "POST", body: new Uint8Array(Buffer.from(body)), headers });
  const text = await response.text();
  holdToContract({ operation: receiveWebhook }, response, text);
  return { status: response.status, headers: response.headers, body: JSON.parse(text) };
}

/** A call signed by Standard Webhooks. */
export const sendsSigned = (url: string, body: string, signed: Signed = {}): Promise<InboundAnswer> =>
  sends(url, body, standardHeaders(body, signed));
