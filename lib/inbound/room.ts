// The room that bytes of calls take while they are here. Nothing is proven of a call that still arrives, so all of one source
// that do have but a share of the room, and large ones leave a part of it to small ones.

/** A call, by what it takes. */
export type Guest = {
  source: string;
  /** It has said that it is, in its Content-Length. */
  isSmall: boolean;
  /** Not whole yet. */
  isArriving: boolean;
  bytes: number;
};

/** What is full: the room, or the share of one source's calls of that size. */
export type Short = "room" | "share";

export type Room = {
  /** Lets so many bytes more of a call in, or says what is short. */
  take: (guest: Guest, bytes: number) => Short | null;
  /** It is whole, and its source's share free for others. */
  arrived: (guest: Guest) => void;
  leave: (guest: Guest) => void;
};

/** An ordinary webhook has some KB. */
export const smallMax = 65_536;

export function aRoom(bytesMax: number): Room {
  const largeMax = bytesMax - Math.floor(bytesMax / 4);
  const shareMax = Math.floor(bytesMax / 4);
  let taken = 0;
  let large = 0;
  /** By source; small ones apart, so that they go on where large ones have used their share up. */
  const arriving = { small: new Map<string, number>(), large: new Map<string, number>() };
  const sharesOf = ({ isSmall }: Guest) => (isSmall ? arriving.small : arriving.large);

  const arrived = (guest: Guest) => {
    if (!guest.isArriving) return;
    guest.isArriving = false;
    const shares = sharesOf(guest);
    const rest = (shares.get(guest.source) ?? 0) - guest.bytes;
    if (rest > 0) shares.set(guest.source, rest);
    else shares.delete(guest.source);
  };

  return {
    take(guest, bytes) {
      if (taken + bytes > bytesMax || (!guest.isSmall && large + bytes > largeMax)) return "room";
      if (guest.isArriving) {
        const shares = sharesOf(guest);
        const share = (shares.get(guest.source) ?? 0) + bytes;
        if (share > shareMax) return "share";
        shares.set(guest.source, share);
      }
      taken += bytes;
      if (!guest.isSmall) large += bytes;
      guest.bytes += bytes;
      return null;
    },
    arrived,
    leave(guest) {
      arrived(guest);
      taken -= guest.bytes;
      if (!guest.isSmall) large -= guest.bytes;
      guest.bytes = 0;
    },
  };
}
