// An end user's own view: tokens, settings, and the records as they are shown.
import { z } from "zod";
import { RecordId } from "#lib/contract/record.ts";
import { type OwnStanding, portalActions, portalButtons, portalCards } from "#lib/core/portal.ts";
import { fieldMost } from "#lib/core/portal-fields.ts";
import { darkPalette, lightPalette, lookColours, paletteProblem } from "#lib/core/portal-look.ts";
import { isTimeZone } from "#lib/core/zoned.ts";

const Owner = z.string().min(1, "must name the owner, as the records have it").max(200);
const TimeZone = z.string().max(100).refine(isTimeZone, "must be a time zone like Europe/Berlin, or UTC");

export const tokenSecondsMost = 86_400;

export const MintToken = z.strictObject({
  /** Whose records: what the records have as `owner`. */
  owner: Owner,
  actions: z
    .array(z.enum(portalActions, `must be among ${portalActions.join(", ")}`))
    .min(1, `must name one action at least: ${portalActions.join(", ")}`)
    .default(["see", "retry"]),
  expiresInSeconds: z
    .int("must be a whole number of seconds")
    .min(10, "must be 10 at least")
    .max(tokenSecondsMost, `must be ${tokenSecondsMost} (a day) at most`)
    .default(3_600),
  /** Good for one opening of the page; for a link that others could find later. */
  once: z.boolean().default(false),
  /** The zone that the end user reads times in; that of the settings unless said. */
  timeZone: TimeZone.optional(),
});
export type MintToken = z.infer<typeof MintToken>;

export const MintedToken = z.object({
  token: z.string(),
  expiresAt: z.iso.datetime(),
  /** The page of its own, and the one for a frame. */
  url: z.string(),
  embedUrl: z.string(),
});

/** What a token says; anything else in it makes it none. */
export const TokenClaims = z.strictObject({
  iss: z.literal("redrive"),
  aud: z.string(),
  owner: Owner,
  actions: z.array(z.enum(portalActions)).min(1),
  once: z.boolean(),
  timeZone: TimeZone.optional(),
  iat: z.int(),
  exp: z.int(),
  jti: z.uuid(),
});
export type TokenClaims = z.infer<typeof TokenClaims>;

const colour = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, "must be a colour like #1864ab")
  .transform((text) => text.toLowerCase());
const palette = Object.fromEntries(lookColours.map((name) => [name, colour.optional()])) as Record<
  (typeof lookColours)[number],
  z.ZodOptional<typeof colour>
>;

const Css = z
  .strictObject({
    ...palette,
    /** The same for those who prefer dark pages. */
    dark: z.strictObject(palette).prefault({}),
    /** Which of the two; auto: as the end user prefers. */
    scheme: z.enum(["auto", "light", "dark"]).default("auto"),
    radius: z
      .string()
      .regex(/^(\d{1,2}(\.\d{1,3})?)(px|rem)$/, "must be a length like 8px or 0.5rem")
      .optional(),
    font: z
      .string()
      .max(200)
      .regex(/^[\p{L}\p{N} ,'"-]+$/u, "must be a list of fonts like: Inter, system-ui, sans-serif")
      .optional(),
  })
  .superRefine(({ dark, ...light }, context) => {
    const all = (own: typeof dark, usual: typeof lightPalette) => ({
      ...usual,
      ...Object.fromEntries(lookColours.flatMap((name) => (own[name] ? [[name, own[name]]] : []))),
    });
    const problems = [
      { path: [], problem: paletteProblem(all(light, lightPalette)) },
      { path: ["dark"], problem: paletteProblem(all(dark, darkPalette)) },
    ];
    for (const { path, problem } of problems) {
      if (problem)
        context.addIssue({ code: "custom", path: [...path, problem.field], message: problem.message });
    }
  });

/** `https://app.example.com`, `https://*.example.com`, with a port if need be: nothing else gets into a header. */
const Origin = z
  .string()
  .max(300)
  .regex(
    /^https?:\/\/(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i,
    "must be an origin like https://app.example.com, without a path",
  )
  .transform((text) => text.toLowerCase());

export const PortalSettings = z.strictObject({
  /** The application that sends people here, as they know it: "Open it again from …". */
  hostName: z.string().trim().max(80).default(""),
  /** Where that is. */
  hostUrl: z
    .url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .max(1_000)
    .nullable()
    .default(null),
  /** Whose pages may show it in a frame; none unless said. */
  frameAncestors: z.array(Origin).max(50).default([]),
  timeZone: TimeZone.default("UTC"),
  css: Css.prefault({}),
});
export type PortalSettings = z.infer<typeof PortalSettings>;

/** A record as the database knows it, before it is put into words. */
export type OwnRecord = OwnStanding & {
  id: string;
  subject: string | null;
  /** What may be corrected of it, as the provider's policy says; values only where it is open for that. */
  allowed: string[];
  payload: unknown;
  message: string | null;
};

/** One line of a record's history. */
export type OwnEvent = { at: string; kind: string; isOwn: boolean };

export const MyRecord = z.object({
  id: RecordId,
  /** What it is, as the application called it. */
  title: z.string(),
  /** Whom it goes to. */
  to: z.string(),
  card: z.enum(portalCards),
  /** In words for the one it belongs to: "Not delivered", "14:02 · tried 5 times", "… says the postal code isn't valid." */
  headline: z.string(),
  meta: z.string(),
  says: z.string(),
  /** What can be done now, by this token. */
  buttons: z.array(z.enum(portalButtons)),
  createdAt: z.iso.datetime(),
  settledAt: z.iso.datetime().nullable(),
  /** Until when a press can be taken back. */
  undoUntil: z.iso.datetime().nullable(),
  /** Tries left within 24 hours, and when the next is possible once there are none. */
  triesLeft: z.int(),
  triesAgainAt: z.iso.datetime().nullable(),
});
export type MyRecord = z.infer<typeof MyRecord>;

const FieldValue = z.union([z.string().max(fieldMost), z.number(), z.boolean(), z.null()]);

export const MyField = z.object({
  /** A JSON Pointer into the data. */
  pointer: z.string(),
  label: z.string(),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  isWrong: z.boolean(),
});

export const MyRecordDetail = MyRecord.extend({
  /** What may be corrected; empty where nothing may. */
  fields: z.array(MyField),
  history: z.array(z.object({ at: z.iso.datetime(), says: z.string() })),
});
export type MyRecordDetail = z.infer<typeof MyRecordDetail>;

export const myLists = ["failed", "under_way", "done"] as const;
export type MyList = (typeof myLists)[number];

export const MyRecordsQuery = z.object({
  list: z.enum(myLists).default("failed"),
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});
export type MyRecordsQuery = z.infer<typeof MyRecordsQuery>;
export const MyRecords = z.object({ items: z.array(MyRecord), next: z.string().nullable() });

export const MyAct = z.strictObject({});
export const MyFix = z.strictObject({
  /** The corrected values, by JSON Pointer. */
  fields: z
    .record(z.string().max(500), FieldValue)
    .refine((fields) => Object.keys(fields).length > 0, "must name what is corrected, by JSON Pointer"),
});

/** A one-time token's successor, for a program. */
export const MySession = z.object({ token: z.string(), expiresAt: z.iso.datetime() });
