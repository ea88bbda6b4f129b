// A call's body as it arrives: bounded while it does, for one call and for all that are here at once, and cut off where it
// comes too slowly. Most come in one piece, which is looked at once and costs nothing else.
import type { IncomingMessage } from "node:http";
import { aRoom, type Guest, smallMax } from "#lib/inbound/room.ts";
import { Gathered } from "#lib/node/gathered.ts";

export type Arrived =
  /** It takes room until it leaves. */
  | { kind: "whole"; body: Buffer; guest: Guest }
  | { kind: "too_large" | "too_slow" | "no_room" }
  /** Cut short: the sender is gone, or never sent what it announced. */
  | { kind: "gone" };

/** How fast a body that does not come in one piece has to come. */
export type Pace = {
  /** From its first piece on; and how long none may follow. */
  graceMs: number;
  /** On average, of the time after that; slower than any honest sender, for what is short of room goes by `giveWayMs`. */
  bytesPerSecond: number;
  lookEveryMs: number;
  /** One that takes longer gives way where the room is full. */
  giveWayMs: number;
};

export const usualPace: Pace = {
  graceMs: 5_000,
  bytesPerSecond: 16_384,
  lookEveryMs: 1_000,
  giveWayMs: 1_000,
};

export type Announced = {
  source: string;
  bytesMax: number;
  /** By its Content-Length; null where it has none. */
  bytes: number | null;
};

export type Arrivals = {
  /** `then` is called once: when the whole body is here, or will not be. */
  take: (request: IncomingMessage, announced: Announced, then: (arrived: Arrived) => void) => void;
  leave: (guest: Guest) => void;
  close: () => void;
};

/** A body of which a part is here. */
type Unfinished = {
  guest: Guest;
  sinceMs: number;
  /** How much of it was here at the last look, and when that was last more than before. */
  bytesSeen: number;
  movedMs: number;
  end: (arrived: Arrived) => void;
};

export function arrivals(roomBytes: number, pace: Pace): Arrivals {
  const room = aRoom(roomBytes);
  /** Those that have been here longest come first. */
  const unfinished = new Set<Unfinished>();

  const isTooSlow = (each: Unfinished, nowMs: number): boolean => {
    if (each.guest.bytes !== each.bytesSeen) {
      each.bytesSeen = each.guest.bytes;
      each.movedMs = nowMs;
    }
    const countedMs = nowMs - each.sinceMs - pace.graceMs;
    if (countedMs < 0) return false;
    return nowMs - each.movedMs >= pace.graceMs || each.guest.bytes * 1_000 < pace.bytesPerSecond * countedMs;
  };
  const look = () => {
    const nowMs = performance.now();
    for (const each of unfinished) if (isTooSlow(each, nowMs)) each.end({ kind: "too_slow" });
  };
  // One for all of them; a timer for each would cost those that need none.
  const timer = setInterval(look, pace.lookEveryMs).unref();

  /** Where the room is full, those that take long are the ones to go: a sender that stalls can't keep others out. */
  const letIn = (guest: Guest, bytes: number): boolean => {
    const short = room.take(guest, bytes);
    if (short === null) return true;
    const nowMs = performance.now();
    const leaving: Unfinished[] = [];
    let freed = 0;
    for (const each of unfinished) {
      if (freed >= bytes || nowMs - each.sinceMs < pace.giveWayMs) break;
      const { guest: other } = each;
      if (other === guest || (other.isSmall && !guest.isSmall)) continue;
      if (short === "share" && (other.source !== guest.source || other.isSmall !== guest.isSmall)) continue;
      leaving.push(each);
      freed += other.bytes;
    }
    // None goes in vain.
    if (freed < bytes) return false;
    for (const { end } of leaving) end({ kind: "no_room" });
    return room.take(guest, bytes) === null;
  };

  return {
    take(request, { source, bytesMax, bytes: announced }, then) {
      const isSmall = announced !== null && announced <= smallMax;
      const guest: Guest = { source, isSmall, isArriving: true, bytes: 0 };
      let one: Buffer | null = null;
      let gathered: Gathered | null = null;
      let part: Unfinished | null = null;
      let isOver = false;
      const end = (arrived: Arrived) => {
        if (isOver) return;
        isOver = true;
        if (part !== null) unfinished.delete(part);
        if (arrived.kind === "whole") room.arrived(guest);
        else room.leave(guest);
        then(arrived);
      };
      request.on("data", (chunk: Buffer) => {
        if (isOver) return;
        if (guest.bytes + chunk.length > bytesMax) return end({ kind: "too_large" });
        const isAll = guest.bytes === 0 && chunk.length === announced;
        if (isAll) guest.isArriving = false;
        if (!letIn(guest, chunk.length)) return end({ kind: "no_room" });
        if (isAll) {
          one = chunk;
          return;
        }
        if (part === null) {
          const nowMs = performance.now();
          part = { guest, sinceMs: nowMs, bytesSeen: 0, movedMs: nowMs, end };
          unfinished.add(part);
        }
        // Not what it announces: that much is held once it has come.
        gathered ??= new Gathered(chunk.length);
        gathered.add(chunk);
      });
      // `on`, where `once` would wrap each of them: whatever comes second finds it over.
      request.on("end", () => end({ kind: "whole", body: one ?? gathered?.whole() ?? nothing, guest }));
      request.on("error", () => end({ kind: "gone" }));
      request.on("close", () => end({ kind: "gone" }));
    },
    leave: room.leave,
    close: () => clearInterval(timer),
  };
}

const nothing = Buffer.alloc(0);

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
