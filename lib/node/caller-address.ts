// Where a request comes from. A proxy in our own network is believed when it writes that down; whoever comes straight from
// outside could write anything.
import type { IncomingMessage } from "node:http";
import { isPrivateAddress } from "#lib/node/address-guard.ts";

/** Puts the connection's own address in place of what a stranger says of theirs. */
export function distrustStrangers({ headers, socket }: IncomingMessage): void {
  const { remoteAddress } = socket;
  const isProxy = remoteAddress !== undefined && isPrivateAddress(remoteAddress);
  if (!isProxy) headers["x-forwarded-for"] = remoteAddress ?? "unknown";
}
