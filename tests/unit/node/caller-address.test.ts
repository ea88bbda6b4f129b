import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { addressOf, distrustStrangers } from "#lib/node/caller-address.ts";

function aRequest(
  remoteAddress: string | undefined,
  headers: Record<string, string | undefined>,
): IncomingMessage {
  const request = new IncomingMessage(
    Object.defineProperty(new Socket(), "remoteAddress", { value: remoteAddress }),
  );
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) request.headers[name] = value;
  distrustStrangers(request);
  return request;
}

/** A request over a connection from `remoteAddress`, as the limits see it. */
const seenFrom = (remoteAddress: string | undefined, forwardedFor?: string): string =>
  addressOf(
    aRequest(remoteAddress, { "x-forwarded-for": forwardedFor }).headers["x-forwarded-for"]?.toString(),
  );

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["2606:4700::1111", "2606:4700:0:0::/64"],
])("who comes straight from %s can't say that they come from elsewhere", (stranger, counted) => {
  expect(seenFrom(stranger, "198.51.100.1")).toBe(counted);
  expect(seenFrom(stranger)).toBe(counted);
});

test.each(["127.0.0.1", "::1", "10.0.0.4", "::ffff:172.18.0.2"])(
  "a proxy at %s is believed about who came to it",
  (proxy) => {
    expect(seenFrom(proxy, "203.0.113.7")).toBe("203.0.113.7");
    // What the stranger wrote stands before what the proxy added.
    expect(seenFrom(proxy, "198.51.100.1, 203.0.113.7")).toBe("203.0.113.7");
  },
);

test("a connection that has ended already is from nowhere", () => {
  expect(seenFrom(undefined, "198.51.100.1")).toBe("unknown");
});

test("what a proxy says that is no address counts for the proxy itself", () => {
  for (const said of ["", "unknown", "203.0.113.7, _hidden", "203.0.113.7, 999.1.1.1", "x".repeat(10_000)])
    expect(seenFrom("10.0.0.4", said), said.slice(0, 30)).toBe("10.0.0.4");
});

test.each([
  ["203.0.113.1, 10.0.0.2", "10.0.0.2"],
  [" 203.0.113.1:4711", "203.0.113.1"],
  ["::ffff:cb00:7101", "203.0.113.1"],
  ["2606:4700:0:1:2:3:4:5", "2606:4700:0:1::/64"],
  ["2606:4700:0:1::", "2606:4700:0:1::/64"],
  ["[2606:4700:0000:0001::9]:443", "2606:4700:0:1::/64"],
  ["::1", "0:0:0:0::/64"],
  ["1::1.2.3.4", "1:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["somewhere", "unknown"],
  ["", "unknown"],
  [null, "unknown"],
])("%j is counted as %s", (written, counted) => {
  expect(addressOf(written)).toBe(counted);
});

test("the host that was asked for is a proxy's word, too: a stranger's is not heard", () => {
  const from = (remoteAddress: string) =>
    aRequest(remoteAddress, { host: "redrive.example", "x-forwarded-host": "evil.example" }).headers;
  expect(from("203.0.113.7")).toEqual({ host: "redrive.example", "x-forwarded-for": "203.0.113.7" });
  expect(from("10.0.0.4")).toMatchObject({ "x-forwarded-host": "evil.example" });
});
