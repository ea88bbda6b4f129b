// The audit, who did what; and events, what happened to the installation as a whole.
import { z } from "zod";
import { Slug } from "#lib/contract/slug.ts";
import { systemEventKinds } from "#lib/core/system-events.ts";

const time = z.iso.datetime({ offset: true }).optional();
const after = z.string().max(200).optional();
const limit = z.coerce.number().int().min(1).max(200).default(50);
const name = z.string().min(1).max(400).optional();

export const AuditEntry = z.object({
  id: z.int(),
  at: z.iso.datetime(),
  /** A person, a key, or Redrive itself. */
  actor: z.string(),
  /** Like `provider.paused`. */
  action: z.string(),
  subjectKind: z.string(),
  subjectId: z.string(),
  reason: z.string().nullable(),
  detail: z.record(z.string(), z.json()),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditQuery = z
  .object({
    actor: name,
    action: name,
    subjectKind: name,
    subjectId: name,
    from: time,
    to: time,
    after,
    limit,
  })
  .refine(({ subjectKind, subjectId }) => subjectId === undefined || subjectKind !== undefined, {
    path: ["subjectKind"],
    message: "must be given with subjectId, like record or provider",
  });
export type AuditQuery = z.infer<typeof AuditQuery>;
export const Audit = z.object({ items: z.array(AuditEntry), next: z.string().nullable() });
export type Audit = z.infer<typeof Audit>;

export const SystemEvent = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  kind: z.enum(systemEventKinds),
  /** Like `breaker.open` or `provider.paused`. */
  action: z.string(),
  provider: Slug.nullable(),
  /** What else it is about, such as an operation's id. */
  subject: z.string().nullable(),
  /** Null for what nobody did. */
  actor: z.string().nullable(),
  reason: z.string().nullable(),
  detail: z.record(z.string(), z.json()),
});
export type SystemEvent = z.infer<typeof SystemEvent>;

export const SystemEventsQuery = z.object({
  kind: z.enum(systemEventKinds).optional(),
  provider: Slug.optional(),
  from: time,
  to: time,
  after,
  limit,
});
export type SystemEventsQuery = z.infer<typeof SystemEventsQuery>;
export const SystemEvents = z.object({ items: z.array(SystemEvent), next: z.string().nullable() });
export type SystemEvents = z.infer<typeof SystemEvents>;
