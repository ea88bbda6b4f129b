// Where a request comes from. A proxy in our own network is believed when it writes that down; whoever comes straight from
// outside could write anything.
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { isPrivateAddress } from "#lib/node/address-guard.ts";

/** Takes out the host that a stranger says was asked for, and puts the connection's own address in place of theirs. */
export function distrustStrangers({ headers, socket }: IncomingMessage): void {
  const { remoteAddress } = socket;
  const isProxy = remoteAddress !== undefined && isPrivateAddress(remoteAddress);
  if (!isProxy) delete headers["x-forwarded-host"];
  const isSaid = isProxy && literalIn(nearest(headers["x-forwarded-for"]?.toString())) !== null;
  // What is no address is nobody's word: then it is the proxy itself who is counted.
  if (!isSaid) headers["x-forwarded-for"] = remoteAddress ?? "unknown";
}

/** Of what proxies wrote one after another, what the nearest did; what stands before may be a stranger's. */
export const nearest = (written: string | null | undefined): string =>
  written?.split(",").at(-1)?.trim() ?? "";

/**
 * Whom a request is counted for, by its `X-Forwarded-For`: an IPv4 address, or a network of IPv6, for whoever has one
 * address of it has all 2^64.
 */
export function addressOf(forwardedFor: string | null | undefined): string {
  const address = literalIn(nearest(forwardedFor));
  if (address === null) return "unknown";
  return isIP(address) === 6 ? networkOf(address) : address;
}

/** The address in what a proxy wrote, which may have the port with it; null for none. */
function literalIn(text: string): string | null {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? null : bare;
}

/** The /64 of an IPv6 address; of one that holds an IPv4 address, that. */
function networkOf(address: string): string {
  const [bare = ""] = address.split("%");
  // A URL writes each address in one way.
  const { hostname } = new URL(`http://[${bare}]`);
  const [before = "", after] = hostname.slice(1, -1).split("::");
  const [head, tail] = [before, after ?? ""].map((part) => (part === "" ? [] : part.split(":")));
  const groups = [...(head ?? []), ...zeros(8 - (head?.length ?? 0) - (tail?.length ?? 0)), ...(tail ?? [])];
  if (groups.slice(0, 6).join(":") === "0:0:0:0:0:ffff") return ipv4Of(groups.slice(6));
  return `${groups.slice(0, 4).join(":")}::/64`;
}

const zeros = (many: number): string[] => Array.from({ length: Math.max(0, many) }, () => "0");

const ipv4Of = (groups: readonly string[]): string =>
  groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((word) => [word >> 8, word & 0xff])
    .join(".");
