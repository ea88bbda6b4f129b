// Keeps providers off our own network: a URL that a person typed must not reach the database, a metadata service or
// another machine behind the firewall. A literal address, each looked-up address, and the connected socket are checked.
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIP } from "node:net";

const blocked = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  blocked.addSubnet(net, prefix, "ipv4");
}
for (const [net, prefix] of [
  // Addresses that carry an IPv4 address inside, which may be any; `::` and `::1` are among the first.
  ["::", 96],
  ["::ffff:0:0:0", 96],
  ["2001::", 32],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const) {
  blocked.addSubnet(net, prefix, "ipv6");
}

/** Whether an address is loopback, private, link-local or otherwise not a third party's. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  // ::ffff:10.0.0.1 is 10.0.0.1; BlockList matches mapped addresses against the IPv4 rules.
  return blocked.check(address, family === 6 ? "ipv6" : "ipv4");
}

export class AddressRefused extends Error {
  override name = "AddressRefused";
  constructor(address: string) {
    super(`the address ${address} is loopback or private, and REDRIVE_ALLOW_PRIVATE_NETWORKS is not 1`);
  }
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** A look-up that fails when the name leads to an address that may not be called. */
export function guardedLookup(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  dnsLookup(hostname, { ...options, all: true }, (error, found) => {
    const addresses = Array.isArray(found) ? found : [];
    if (error) return callback(error, []);
    const bad = addresses.find(({ address }) => isPrivateAddress(address));
    if (bad) return callback(new AddressRefused(bad.address), []);
    if (options.all) return callback(null, addresses);
    const first = addresses[0];
    return first ? callback(null, first.address, first.family) : callback(new Error("no address found"), []);
  });
}

/** The address in a URL's host when it is a literal one; URL parsing already folds 2130706433 and 0x7f.1. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return isIP(bare) === 0 ? null : bare;
}
