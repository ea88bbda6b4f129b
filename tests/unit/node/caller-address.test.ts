import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { distrustStrangers } from "#lib/node/caller-address.ts";
import { addressOf } from "#lib/server/sign-in.ts";

/** A request over a connection from `remoteAddress`, as the sign-in's limit sees it. */
function seenFrom(remoteAddress: string | undefined, forwardedFor?: string): string {
  const request = new IncomingMessage(
    Object.defineProperty(new Socket(), "remoteAddress", { value: remoteAddress }),
  );
  if (forwardedFor !== undefined) request.headers["x-forwarded-for"] = forwardedFor;
  distrustStrangers(request);
  return addressOf(request.headers["x-forwarded-for"]?.toString());
}

test.each(["203.0.113.7", "::ffff:203.0.113.7", "2606:4700::1111"])(
  "who comes straight from %s can't say that they come from elsewhere",
  (stranger) => {
    expect(seenFrom(stranger, "198.51.100.1")).toBe(stranger);
    expect(seenFrom(stranger)).toBe(stranger);
  },
);

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
