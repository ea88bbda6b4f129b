// Where people are told: channels, and the routes that say which channel is told of what.

import { z } from "zod";
import { Slug } from "#lib/contract/slug.ts";
import { wholeList } from "#lib/contract/whole-list.ts";
import { channelKinds, messageSubjects, severities } from "#lib/core/desk.ts";
import { holds } from "#lib/core/status.ts";

const settings = {
  name: z.string().trim().min(1, "must say what people call it").max(120),
  provider: Slug,
  address: z.string().trim().max(1_000),
  fallback: Slug.nullable(),
  enabled: z.boolean(),
};

export const Channel = z.object({
  slug: Slug,
  ...settings,
  kind: z.enum(channelKinds),
  providerName: z.string(),
  /** Why nothing goes there now; null when it does. */
  hold: z.enum(holds).nullable(),
  /** When a message last arrived there. */
  lastSentAt: z.iso.datetime().nullable(),
  version: z.int(),
  updatedAt: z.iso.datetime(),
  updatedBy: z.string(),
});
export type Channel = z.infer<typeof Channel>;
/** What saving one answers. */
export const SavedChannel = Channel.omit({ providerName: true, hold: true, lastSentAt: true });
export type SavedChannel = z.infer<typeof SavedChannel>;
export const Channels = wholeList(Channel);

export const CreateChannel = z.strictObject({
  slug: Slug,
  name: settings.name.optional(),
  kind: z.enum(channelKinds),
  provider: settings.provider,
  address: settings.address.default(""),
  fallback: settings.fallback.default(null),
  enabled: settings.enabled.default(true),
});
export type CreateChannel = z.infer<typeof CreateChannel>;

/** What is left out stays as it is. Its kind stays what it is: make another channel instead. */
export const PatchChannel = z.strictObject(settings).partial();
export type PatchChannel = z.infer<typeof PatchChannel>;

/** The record that carries the test: its timeline tells whether it arrived. */
export const TestedChannel = z.object({ slug: Slug, recordId: z.guid(), hold: z.enum(holds).nullable() });
export type TestedChannel = z.infer<typeof TestedChannel>;

export const DeletedChannel = z.object({ slug: Slug, routes: z.int() });

const rule = {
  subject: z.enum(messageSubjects),
  channel: Slug,
  team: Slug.nullable(),
  provider: Slug.nullable(),
  severity: z.enum(severities),
};
export const Route = z.object({ id: z.guid(), ...rule });
export type Route = z.infer<typeof Route>;
export const Routes = wholeList(Route);
export type Routes = z.infer<typeof Routes>;

export const NewRoute = z.strictObject({
  ...rule,
  team: rule.team.default(null),
  provider: rule.provider.default(null),
  severity: rule.severity.default("info"),
});
/** All of them, in place of those that there were. */
export const SaveRoutes = z.strictObject({ items: z.array(NewRoute).max(500) });
export type SaveRoutes = z.infer<typeof SaveRoutes>;

const slackPlace = /^([CGD][A-Z0-9]{6,20}|#[\p{L}\p{N}._-]{1,80})$/u;
const recipientsMax = 10;

/** The e-mail addresses of a channel. */
export const recipientsOf = (address: string): string[] =>
  address
    .split(/[,;\s]+/)
    .map((one) => one.trim())
    .filter((one) => one !== "");

/** As whom a webhook's link is used. */
export const webhookHolder = (slug: string): string => `webhook: ${slug}`;

/** Whom a channel's links are sent to, in lower case. */
export function linkHolders({ kind, slug, address }: Pick<Channel, "kind" | "slug" | "address">): string[] {
  switch (kind) {
    case "slack":
      return [];
    case "email":
      return recipientsOf(address).map((one) => one.toLowerCase());
    case "webhook":
      return [webhookHolder(slug)];
  }
}

/** What is wrong with a channel's address; null when nothing is. */
export function addressProblem(kind: Channel["kind"], address: string): string | null {
  switch (kind) {
    case "webhook":
      return address === "" ? null : "must be empty: a webhook goes to its provider's URL";
    case "slack":
      if (address === "") return "must be given: the Slack channel's id, like C0123456789";
      return slackPlace.test(address)
        ? null
        : "must be a Slack channel's id like C0123456789 (in Slack: the channel's name, About, at the bottom)";
    case "email":
      return emailProblem(recipientsOf(address));
  }
}

function emailProblem(recipients: readonly string[]): string | null {
  if (recipients.length === 0) return "must be given: one e-mail address, or several separated by commas";
  if (recipients.length > recipientsMax)
    return `must be at most ${recipientsMax} addresses; make a mailing list`;
  const wrong = recipients.find((one) => !z.email().safeParse(one).success);
  return wrong === undefined ? null : `${JSON.stringify(wrong.slice(0, 100))} is not an e-mail address`;
}

/** Which adapter a channel's provider must have. */
export const adapterOf: Record<Channel["kind"], string> = {
  slack: "slack",
  email: "email",
  webhook: "http-json",
};
