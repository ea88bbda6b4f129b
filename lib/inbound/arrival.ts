// A call's body as it arrives: bounded while it does, for one call and for all that are here at once.
import type { IncomingMessage } from "node:http";
import { Gathered } from "#lib/node/gathered.ts";

/** Bytes of all calls that are here. */
export type Room = {
  take: (bytes: number) => boolean;
  give: (bytes: number) => void;
};

export function aRoom(bytesMax: number): Room {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > bytesMax) return false;
      taken += bytes;
      return true;
    },
    give(bytes) {
      taken -= bytes;
    },
  };
}

export type Arrived =
  /** Its bytes take room until they are given back. */
  | { kind: "whole"; body: Buffer }
  | { kind: "too_large" }
  | { kind: "no_room" }
  /** Cut short: the sender is gone, or never sent what it announced. */
  | { kind: "gone" };

/** The whole body, once it is here. */
export function arrivalOf(request: IncomingMessage, bytesMax: number, room: Room): Promise<Arrived> {
  return new Promise((resolve) => {
    const body = new Gathered(Number(request.headers["content-length"] ?? 0));
    let isOver = false;
    const end = (arrived: Arrived) => {
      if (isOver) return;
      isOver = true;
      if (arrived.kind !== "whole") room.give(body.length);
      resolve(arrived);
    };
    request.on("data", (chunk: Buffer) => {
      if (isOver) return;
      if (body.length + chunk.length > bytesMax) return end({ kind: "too_large" });
      if (!room.take(chunk.length)) return end({ kind: "no_room" });
      body.add(chunk);
    });
    // `on`, where `once` would wrap each of them: whatever comes second finds it over.
    request.on("end", () => end({ kind: "whole", body: body.whole() }));
    request.on("error", () => end({ kind: "gone" }));
    request.on("close", () => end({ kind: "gone" }));
  });
}

/**
 * What a refused caller still sends is read and thrown away, so that it gets to hear the answer: a connection that is
 * closed amid its sending often takes the answer with it. A caller that goes on and on is cut off.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let bytes = 0;
  request.on("error", () => {});
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > discardedMax) request.socket.destroy();
  });
}

const discardedMax = 32 * 1_048_576;
