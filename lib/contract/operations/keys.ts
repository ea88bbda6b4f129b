// API keys: made, changed, rotated and revoked.

import { z } from "zod";
import { ApiKey, ApiKeys, CreateKey, KeyId, PatchKey, RotateKey, ShownKey } from "#lib/contract/key.ts";
import { operation } from "#lib/contract/operation.ts";
import { WholeListQuery } from "#lib/contract/whole-list.ts";

const id = "019f0000-0000-7000-8000-000000000011";
const importer: ApiKey = {
  id,
  name: "Order service",
  state: "active",
  hint: "rk_Zk3P0a",
  scopes: ["enqueue"],
  permissions: ["enqueue"],
  providers: ["ats"],
  owner: null,
  version: 1,
  createdAt: "2026-11-21T09:00:00Z",
  createdBy: "Ada <ada@example.org>",
  expiresAt: "2027-11-21T09:00:00Z",
  lastUsedAt: "2026-11-21T09:41:00Z",
  formerUntil: null,
  revokedAt: null,
  revokedBy: null,
};
const secret = "rk_Zk3P0aExampleExampleExampleExampleExampleEx";

export const listKeys = operation({
  id: "listKeys",
  method: "GET",
  path: "/keys",
  tag: "Keys",
  summary: "All API keys, the newest first; never a key itself",
  may: "manage_keys",
  query: WholeListQuery,
  output: ApiKeys,
  example: { output: { items: [importer], next: null } },
});

export const createKey = operation({
  id: "createKey",
  method: "POST",
  path: "/keys",
  tag: "Keys",
  summary: "Makes a key, and shows it this once",
  description:
    "Only a hash of it is kept. A key can be kept to some providers, to one owner's records, or to both. Nobody makes a key that may do more than they may themselves. A repeated `Idempotency-Key` makes no second one, and does not show the first again: it is a `conflict`.",
  may: "manage_keys",
  input: CreateKey,
  output: ShownKey,
  status: 201,
  headers: ["etag", "location"],
  shownOnce: "key",
  example: {
    input: {
      name: "Order service",
      scopes: ["enqueue"],
      providers: ["ats"],
      expiresAt: "2027-11-21T09:00:00Z",
    },
    output: { ...importer, lastUsedAt: null, key: secret },
  },
});

export const getKey = operation({
  id: "getKey",
  method: "GET",
  path: "/keys/{id}",
  tag: "Keys",
  summary: "One key; never the key itself",
  may: "manage_keys",
  params: z.object({ id: KeyId }),
  output: ApiKey,
  headers: ["etag"],
  example: { params: { id }, output: importer },
});

export const patchKey = operation({
  id: "patchKey",
  method: "PATCH",
  path: "/keys/{id}",
  tag: "Keys",
  summary: "Changes what a key is called, may do, is kept to, or when it expires",
  may: "manage_keys",
  params: z.object({ id: KeyId }),
  input: PatchKey,
  output: ApiKey,
  headers: ["etag"],
  ifMatch: true,
  example: {
    params: { id },
    input: { name: "Orders" },
    output: { ...importer, name: "Orders", version: 2 },
  },
});

export const rotateKey = operation({
  id: "rotateKey",
  method: "POST",
  path: "/keys/{id}/rotate",
  tag: "Keys",
  summary: "Gives a key a new secret, and shows it this once; the present one works for a while",
  may: "manage_keys",
  params: z.object({ id: KeyId }),
  input: RotateKey,
  output: ShownKey,
  headers: ["etag"],
  ifMatch: true,
  shownOnce: "key",
  example: {
    params: { id },
    input: { overlapSeconds: 3_600 },
    output: { ...importer, version: 2, formerUntil: "2026-11-21T11:00:00Z", key: secret },
  },
});

export const revokeKey = operation({
  id: "revokeKey",
  method: "DELETE",
  path: "/keys/{id}",
  tag: "Keys",
  summary: "Ends a key at once, with all that it was before",
  may: "manage_keys",
  params: z.object({ id: KeyId }),
  output: ApiKey,
  problems: ["conflict"],
  example: {
    params: { id },
    output: {
      ...importer,
      state: "revoked",
      version: 2,
      revokedAt: "2026-11-21T12:00:00Z",
      revokedBy: "Ada <ada@example.org>",
    },
  },
});
