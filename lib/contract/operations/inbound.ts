// Webhooks in: the sources, and the address that their senders post to.

import { z } from "zod";
import * as examples from "#lib/contract/examples.ts";
import {
  ChangedInboundSource,
  CreateInboundSource,
  DeletedInboundSource,
  InboundSource,
  InboundSources,
  PatchInboundSource,
} from "#lib/contract/inbound.ts";
import { operation } from "#lib/contract/operation.ts";
import { Slug } from "#lib/contract/slug.ts";
import { WholeListQuery } from "#lib/contract/whole-list.ts";

const params = z.object({ slug: Slug });
const tag = "Webhooks in";
const source: InboundSource = {
  slug: "mail",
  name: "Mail events",
  kind: "standard_webhooks",
  provider: "crm",
  options: {},
  mapping: { owner: "$.data.customer" },
  secrets: [{ addedAt: examples.at, until: null }],
  enabled: true,
  bytesMax: 1_048_576,
  path: "/api/v1/inbound/mail",
  version: 1,
  updatedAt: examples.at,
  updatedBy: examples.ada,
  lastHour: {
    accepted: 4_711,
    duplicates: 12,
    refused: 1,
    notStored: 0,
    lastAcceptedAt: examples.later,
    lastRefusal: "it has no header webhook-signature",
    lastRefusedAt: examples.at,
  },
};
const example = { slug: "mail", path: "/api/v1/inbound/mail", version: 1 };

export const listInboundSources = operation({
  id: "listInboundSources",
  method: "GET",
  path: "/inbound-sources",
  tag,
  summary: "Lists the sources of webhooks, and how many calls of each came in the last hour",
  may: "see",
  query: WholeListQuery,
  output: InboundSources,
  example: { output: { items: [source], next: null } },
});

export const createInboundSource = operation({
  id: "createInboundSource",
  method: "POST",
  path: "/inbound-sources",
  tag,
  summary: "Makes a source, with an address that its sender may post to at once",
  may: "manage_providers",
  input: CreateInboundSource,
  output: ChangedInboundSource,
  status: 201,
  headers: ["etag", "location"],
  problems: ["conflict"],
  example: {
    input: {
      slug: "mail",
      kind: "standard_webhooks",
      provider: "crm",
      secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
      mapping: { owner: "$.data.customer" },
    },
    output: example,
  },
});

export const readInboundSource = operation({
  id: "readInboundSource",
  method: "GET",
  path: "/inbound-sources/{slug}",
  tag,
  summary: "Shows a source; its secrets are never shown",
  may: "see",
  params,
  output: InboundSource,
  headers: ["etag"],
  example: { params: { slug: "mail" }, output: source },
});

export const patchInboundSource = operation({
  id: "patchInboundSource",
  method: "PATCH",
  path: "/inbound-sources/{slug}",
  tag,
  summary: "Changes a source, in force within a second",
  description: "`rotate` adds a secret and lets the others end.",
  may: "manage_providers",
  params,
  input: PatchInboundSource,
  output: ChangedInboundSource,
  headers: ["etag"],
  ifMatch: true,
  example: {
    params: { slug: "mail" },
    input: { rotate: { secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", overlapSeconds: 86_400 } },
    output: { ...example, version: 2 },
  },
});

export const deleteInboundSource = operation({
  id: "deleteInboundSource",
  method: "DELETE",
  path: "/inbound-sources/{slug}",
  tag,
  summary: "Deletes a source; its records stay, and its sender gets a 404",
  may: "manage_providers",
  params,
  output: DeletedInboundSource,
  ifMatch: true,
  example: { params: { slug: "mail" }, output: { slug: "mail" } },
});
