import { expect, test } from "vitest";
import { isPrivateAddress, literalAddress } from "#lib/node/address-guard.ts";

test.each([
  "127.0.0.1",
  "127.9.9.9",
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "::1",
  "::",
  "fe80::1",
  "fd00::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "::7f00:1",
  "::ffff:0:7f00:1",
  "2001:0:7f00:1::1",
  "fec0::1",
  "192.88.99.1",
  "not an address",
])("%s is not a third party's", (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

test.each(["93.184.216.34", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "2001:4860:4860::8888"])(
  "%s may be a third party's",
  (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  },
);

test("a host that is an address in disguise is seen as the address that it is", () => {
  const hosts = ["http://2130706433/", "http://0x7f.1/", "http://[::ffff:7f00:1]/"].map(
    (url) => new URL(url).hostname,
  );
  for (const host of hosts) expect(isPrivateAddress(literalAddress(host) ?? "")).toBe(true);
  expect(literalAddress("ats.example")).toBeNull();
});
