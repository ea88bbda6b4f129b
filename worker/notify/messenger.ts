// Looks whether people are to be told something: each second it asks for the newest change alone, and looks in full when that
// is another than before, when a text had to wait, and each ten seconds for what shows in no change (a mute that ends).
import { readNewest } from "#db/reads/untold.ts";
import { type Composer, composeMessages } from "#worker/notify/compose.ts";

const fullLookMs = 10_000;

export type Messenger = { turn: () => Promise<void> };

export function createMessenger(composer: Composer, monotonicMs: () => number): Messenger {
  let seen = "";
  let nextLookMs = 0;
  return {
    async turn() {
      const newest = await readNewest(composer.sql);
      if (newest === seen && monotonicMs() < nextLookMs) return;
      const { told, waitMs } = await composeMessages(composer);
      seen = newest;
      // What was told may be told anew as soon as it has arrived; what was too much for one look goes on in the next.
      const soon = told > 0 ? 0 : (waitMs ?? fullLookMs);
      nextLookMs = monotonicMs() + Math.min(soon, fullLookMs);
    },
  };
}
