// The sources of webhooks as those who take the calls need them: with their secrets, still sealed.
import type { Sql } from "#db/client.ts";
import type { InboundKind, InboundMapping, InboundOptions } from "#lib/core/inbound/kinds.ts";

export type InboundPolicy = {
  slug: string;
  kind: InboundKind;
  provider: string;
  options: InboundOptions;
  sealedSecrets: string;
  mapping: Partial<InboundMapping>;
  isEnabled: boolean;
  bytesMax: number;
  /** Another after each change, to the microsecond. */
  updatedAt: string;
};

export const readInboundPolicies = (sql: Sql): Promise<InboundPolicy[]> =>
  sql<InboundPolicy[]>`
    select slug, kind, provider, options, sealed_secrets, mapping, is_enabled, bytes_max, updated_at
    from redrive.inbound_sources`.then((rows) => [...rows]);
