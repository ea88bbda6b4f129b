// Whether a link that was sent to somebody is still good, for whoever comes with it.
//
//   sent ─▶ used     by whom it was sent to, for one act
//     └───▶ expired  nobody used it in time

export type RecoveryLink = {
  /** An e-mail address, or the webhook's channel. */
  recipient: string;
  expiresAt: string;
  usedAt: string | null;
  usedBy: string | null;
  usedFor: string | null;
};

export type Unusable = { code: "forbidden" | "conflict" | "gone"; detail: string; by?: string; at?: string };

type Given = {
  nowMs: number;
  /** The e-mail address of who is signed in; null for nobody. */
  signedInAs: string | null;
};

/** What its user did. */
export const linkUses: Record<string, string> = {
  retried: "to run the records again",
  rejected: "to reject the records",
};

/** Why it can't be used now, by this one; null when it can. */
export function whyUnusable(link: RecoveryLink, { nowMs, signedInAs }: Given): Unusable | null {
  // First, so that a stranger learns nothing of it.
  if (signedInAs !== null && !isFor(link, signedInAs)) {
    return {
      code: "forbidden",
      detail: `This link was sent to somebody else, and you are signed in as ${signedInAs}. Act in the dashboard instead: there it is done as you.`,
    };
  }
  if (link.usedAt !== null && link.usedBy !== null) {
    const use = linkUses[link.usedFor ?? ""] ?? "before";
    return {
      code: "conflict",
      detail: `${link.usedBy} used this link at ${link.usedAt}, ${use}. It is good for one act.`,
      by: link.usedBy,
      at: link.usedAt,
    };
  }
  if (Date.parse(link.expiresAt) <= nowMs) {
    return { code: "gone", detail: `This link expired at ${link.expiresAt}. Act in the dashboard instead.` };
  }
  return null;
}

const isFor = ({ recipient }: RecoveryLink, email: string): boolean =>
  recipient.toLowerCase() === email.toLowerCase();

/** 256 random bits as they stand in an address. */
export const isRecoveryToken = (text: unknown): text is string =>
  typeof text === "string" && /^[A-Za-z0-9_-]{43}$/.test(text);
