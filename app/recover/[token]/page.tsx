// Where a link from a recovery message leads: says what it is about and asks. Looking at it changes nothing, whoever looks
// and however often.
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { RecoverScreen } from "#components/recover/recover-screen.tsx";
import { readGroupAtStake } from "#db/reads/group-at-stake.ts";
import { readRecoveryLink } from "#db/reads/recovery-link.ts";
import { recoveryTokenHash } from "#db/writes/create-recovery-link.ts";
import { groupMessage } from "#lib/core/message-content.ts";
import { isRecoveryToken, whyUnusable } from "#lib/core/recovery-link.ts";
import { deps } from "#lib/server/deps.ts";
import { currentUser } from "#lib/server/session.ts";

/** The address is a key: no page that is gone to from here learns it. */
export const metadata: Metadata = { title: "Run again or reject", referrer: "no-referrer" };

const here = { address: "", insteadOf: null };

type Props = { params: Promise<{ token: string }> };

export default async function RecoverPage({ params }: Props) {
  const { token } = await params;
  const { db } = deps();
  const link = isRecoveryToken(token) ? await readRecoveryLink(db, recoveryTokenHash(token)) : null;
  if (!link) notFound();
  const signedInAs = (await currentUser())?.email ?? null;
  const unusable = whyUnusable(link, { nowMs: Date.now(), signedInAs });
  if (unusable) return <RecoverScreen unusable={unusable} isSignedIn={signedInAs !== null} />;
  const group = await readGroupAtStake(db, link.groupId);
  if (!group) notFound();
  const { title, happened, quote, mend, facts, acts, open, link: inDashboard } = groupMessage(group, here);
  const said = { title, happened, quote, mend, facts, acts, open, inDashboard };
  return (
    <RecoverScreen stake={{ token, recipient: link.recipient, isSignedIn: signedInAs !== null, ...said }} />
  );
}
