// The words of sources of webhooks.
import { plural } from "#lib/client/formats.ts";
import type { InboundSource } from "#lib/contract/inbound.ts";
import type { InboundKind, InboundMapping } from "#lib/core/inbound/kinds.ts";

export const inboundKindWords: Record<InboundKind, string> = {
  standard_webhooks: "Standard Webhooks",
  github: "GitHub",
  stripe: "Stripe",
  slack: "Slack",
  shopify: "Shopify",
  hmac: "HMAC",
  basic: "User and password",
  token: "Token",
};

/** Where the secret comes from. */
export const secretHints: Record<InboundKind, string> = {
  standard_webhooks: "The endpoint's secret at the sender, like whsec_ and base64.",
  github: "The secret that you type at GitHub, under Settings, Webhooks, of either content type.",
  stripe: "The endpoint's signing secret, whole, like whsec_….",
  slack: "Your Slack app's signing secret, under Basic Information.",
  shopify: "The secret shown under Notifications, Webhooks; of an app, its client secret.",
  hmac: "The secret that the sender signs with.",
  basic: "The password that the sender sends.",
  token: "The token that the sender sends.",
};

export const mappingWords: Record<keyof InboundMapping, { label: string; description: string }> = {
  id: {
    label: "Event's id",
    description: "A second call with the same makes no second record of the provider.",
  },
  type: { label: "Type", description: "What kind of event it is." },
  subject: { label: "Subject", description: "What people call it." },
  owner: { label: "Owner", description: "The customer whose record it is." },
  orderingKey: { label: "Ordering key", description: "Events of one key go one after the other." },
};

/** `120 taken, 3 of them twice · 2 refused · 1 told to come again`, of the last hour. */
export function hourWords({ accepted, duplicates, refused, notStored }: InboundSource["lastHour"]): string {
  const taken = `${accepted} taken${duplicates > 0 ? `, ${duplicates} of them again` : ""}`;
  const parts = [
    taken,
    refused > 0 ? `${refused} refused` : null,
    notStored > 0 ? `${notStored} told to come again` : null,
  ];
  return `Last hour: ${parts.filter((part) => part !== null).join(" · ")}`;
}

/**
 * How many count, and how many of them not for ever: `2 secrets, one until`; when the last of those ends is the page's to say, for
 * the time is the reader's.
 */
export function secretWords(secrets: InboundSource["secrets"]): { words: string; lastEnd: string | null } {
  const ends = secrets.flatMap(({ until }) => until ?? []).sort();
  const many = plural(secrets.length, "secret", "secrets");
  const lastEnd = ends.at(-1) ?? null;
  if (lastEnd === null) return { words: many, lastEnd };
  const which = secrets.length === 1 ? "" : `, ${ends.length === 1 ? "one" : `${ends.length} of them`}`;
  return { words: `${many}${which} until`, lastEnd };
}
