// API keys: what programs prove themselves with.

import { z } from "zod";
import { Slug } from "#lib/contract/slug.ts";
import { wholeList } from "#lib/contract/whole-list.ts";
import { permissions, scopes } from "#lib/core/access.ts";
import { overlapSecondsMax } from "#lib/core/key.ts";

export const KeyId = z.guid("must be a key's id, a UUID");

const name = z.string().trim().min(1, "must say what the key is for").max(100);
const unique = (values: readonly string[]): boolean => new Set(values).size === values.length;
const keyScopes = z
  .array(z.enum(scopes))
  .min(1, `must name at least one of: ${scopes.join(", ")}`)
  .refine(unique, "names one twice");
const keptTo = z
  .array(Slug)
  .min(1, "must name at least one provider; leave it out for all")
  .max(100)
  .refine(unique, "names one twice");
const owner = z.string().min(1).max(200);
const expiresAt = z.iso.datetime({ offset: true });

export const keyStates = ["active", "expired", "revoked"] as const;
export type KeyState = (typeof keyStates)[number];

/** A key, as it is shown: never the key itself. */
export const ApiKey = z.object({
  id: KeyId,
  name: z.string(),
  state: z.enum(keyStates),
  /** The key's first characters; null for one that was written by hand. */
  hint: z.string().nullable(),
  scopes: z.array(z.enum(scopes)),
  /** All that it may do: what its scopes come to, and single permissions that it was given by hand. */
  permissions: z.array(z.enum(permissions)),
  /** It is kept to these; null is all. */
  providers: z.array(Slug).nullable(),
  /** It is kept to this owner's records; null is all. */
  owner: z.string().nullable(),
  version: z.int(),
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  /** To the minute. */
  lastUsedAt: z.iso.datetime().nullable(),
  /** After a rotation: until when what it was before still works. */
  formerUntil: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  revokedBy: z.string().nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;
export const ApiKeys = wholeList(ApiKey);
export type ApiKeys = z.infer<typeof ApiKeys>;

export const CreateKey = z.strictObject({
  name,
  scopes: keyScopes,
  providers: keptTo.nullable().default(null),
  owner: owner.nullable().default(null),
  expiresAt: expiresAt.nullable().default(null),
});
export type CreateKey = z.infer<typeof CreateKey>;

export const PatchKey = z.strictObject({
  name: name.optional(),
  scopes: keyScopes.optional(),
  providers: keptTo.nullable().optional(),
  owner: owner.nullable().optional(),
  expiresAt: expiresAt.nullable().optional(),
});
export type PatchKey = z.infer<typeof PatchKey>;

export const RotateKey = z.strictObject({
  /** How long the present key works beside the new one; 0 ends it at once. */
  overlapSeconds: z.int().min(0).max(overlapSecondsMax).default(86_400),
});
export type RotateKey = z.infer<typeof RotateKey>;

/** The only answers that hold a key itself. */
export const ShownKey = ApiKey.extend({ key: z.string() });
export type ShownKey = z.infer<typeof ShownKey>;
