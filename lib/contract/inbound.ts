// A source of webhooks: how its sender proves who it is, which provider its calls become records of, and how many came.

import { z } from "zod";
import { Slug } from "#lib/contract/slug.ts";
import { wholeList } from "#lib/contract/whole-list.ts";
import { headerName as namePattern } from "#lib/core/http-headers.ts";
import {
  hmacAlgorithms,
  inboundKinds,
  signatureEncodings,
  toleranceSecondsDefault,
} from "#lib/core/inbound/kinds.ts";
import { jsonPathProblem } from "#lib/core/json-path.ts";

const headerName = z.string().regex(namePattern, "must be an HTTP header's name").max(100);
const printable = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[\x20-\x7e]*$/, "must be plain ASCII: no line breaks, no letters beyond it");

const Hmac = z
  .strictObject({
    algorithm: z.enum(hmacAlgorithms).default("sha256"),
    /** Where the signature is. */
    header: headerName,
    encoding: z.enum(signatureEncodings).default("hex"),
    /** Before each signature, like `sha256=`. */
    prefix: printable(50).default(""),
    /** What is signed. */
    content: printable(200)
      .refine((text) => text.split("{body}").length === 2, "must hold {body}, once")
      .refine((text) => !text.includes("{id}"), "may hold {timestamp} and {body}; there is no {id} here")
      .default("{body}"),
    /** Where the time is that is signed: seconds since 1970. */
    timestampHeader: headerName.nullable().default(null),
    toleranceSeconds: z.int().min(1).max(86_400).default(toleranceSecondsDefault),
  })
  .refine(({ content, timestampHeader }) => content.includes("{timestamp}") === (timestampHeader !== null), {
    path: ["timestampHeader"],
    message:
      "must be given when the content holds {timestamp}, and only then: a time that is not signed proves nothing",
  });
const Basic = z.strictObject({
  user: z
    .string()
    .min(1)
    .max(400)
    .regex(/^[^:]*$/, "must not hold a colon"),
});
const Token = z.strictObject({
  header: headerName.default("Authorization"),
  /** Before the token, like `Bearer `. */
  prefix: printable(50).default(""),
});

/** What a kind without a recipe of its own wants to know; the part that is named like the kind. */
export const InboundSourceOptions = z.strictObject({
  hmac: Hmac.optional(),
  basic: Basic.optional(),
  token: Token.optional(),
});

/** `$.a.json.path` of the body, or `header:Name`; null: none, whatever is usual for the kind. */
const from = z
  .string()
  .max(500)
  .superRefine((text, { addIssue }) => {
    if (text.startsWith("header:")) {
      if (!namePattern.test(text.slice(7)))
        addIssue({ code: "custom", message: "must name a header after header:, like header:X-Event-Id" });
      return;
    }
    const problem = text.startsWith("$")
      ? jsonPathProblem(text)
      : "must be a path like $.data.id, or a header like header:X-Event-Id";
    if (problem !== null) addIssue({ code: "custom", message: problem });
  })
  .nullable();

/** What a record's columns are taken from. A part that is left out is as usual for the kind. */
export const InboundSourceMapping = z
  .strictObject({ id: from, type: from, subject: from, owner: from, orderingKey: from })
  .partial();

const secret = z.string().min(8, "must have at least 8 characters").max(4_000);
const until = z.iso.datetime({ offset: true });
/** With `until` it counts until then. */
const Secret = z.union([
  secret.transform((text) => ({ secret: text, until: null })),
  z.strictObject({ secret, until: until.nullable().default(null) }),
]);
export const secretsMax = 5;

const settings = {
  name: z.string().trim().min(1).max(120),
  /** The provider that the records are for. */
  provider: Slug,
  options: InboundSourceOptions,
  mapping: InboundSourceMapping,
  enabled: z.boolean(),
  /** A larger body is refused. */
  bytesMax: z.int().min(1).max(1_048_576, "must be at most 1 MiB, 1048576: a payload may not be larger"),
  secrets: z
    .array(Secret)
    .min(1, "must hold one secret at least")
    .max(secretsMax, "must hold at most five secrets: drop those that are no longer in use"),
};

export const CreateInboundSource = z.strictObject({
  slug: Slug,
  kind: z.enum(inboundKinds),
  name: settings.name.optional(),
  provider: settings.provider,
  secrets: settings.secrets,
  options: settings.options.default({}),
  mapping: settings.mapping.default({}),
  enabled: settings.enabled.default(true),
  bytesMax: settings.bytesMax.default(1_048_576),
});
export type CreateInboundSource = z.infer<typeof CreateInboundSource>;

/** What is left out stays. The kind stays: another one is another source. */
export const PatchInboundSource = z
  .strictObject({
    ...settings,
    /** A new secret beside those that are stored, which count for a while longer. */
    rotate: z.strictObject({
      secret,
      overlapSeconds: z
        .int()
        .min(0)
        .max(30 * 86_400, "must be at most 30 days, 2592000")
        .default(86_400),
    }),
  })
  .partial()
  .refine(({ secrets, rotate }) => secrets === undefined || rotate === undefined, {
    path: ["rotate"],
    message: "cannot be given together with secrets, which replaces them all",
  });
export type PatchInboundSource = z.infer<typeof PatchInboundSource>;

/** Of the last hour, and of the last call. */
export const InboundFigures = z.object({
  accepted: z.int(),
  duplicates: z.int(),
  refused: z.int(),
  notStored: z.int(),
  lastAcceptedAt: z.iso.datetime().nullable(),
  /** Why the last refused call of the last day was, and in which minute. */
  lastRefusal: z.string().nullable(),
  lastRefusedAt: z.iso.datetime().nullable(),
});

export const InboundSource = z.object({
  slug: Slug,
  name: z.string(),
  kind: z.enum(inboundKinds),
  provider: Slug,
  options: InboundSourceOptions,
  mapping: InboundSourceMapping,
  /** Of each secret when it was given, and until when it counts; never the secret. */
  secrets: z.array(z.object({ addedAt: z.iso.datetime(), until: z.iso.datetime().nullable() })),
  enabled: z.boolean(),
  bytesMax: z.int(),
  /** Where its sender posts to, below this installation's own address. */
  path: z.string(),
  version: z.int(),
  updatedAt: z.iso.datetime(),
  updatedBy: z.string(),
  lastHour: InboundFigures,
});
export type InboundSource = z.infer<typeof InboundSource>;
export const InboundSources = wholeList(InboundSource);

export const ChangedInboundSource = z.object({ slug: Slug, path: z.string(), version: z.int() });
export type ChangedInboundSource = z.infer<typeof ChangedInboundSource>;
export const DeletedInboundSource = z.object({ slug: Slug });
