// How often each idempotency key was accepted: what tells lost from doubled.

export type AcceptedKeys = {
  times: Map<string, number>;
  /** Counted apart from the map, which forgets its oldest keys beyond `kept`: a demo runs for days. */
  distinct: number;
  doubled: number;
  kept: number;
};

export const noKeys = (kept: number): AcceptedKeys => ({ times: new Map(), distinct: 0, doubled: 0, kept });

export function countKey(keys: AcceptedKeys, key: string): void {
  const before = keys.times.get(key) ?? 0;
  keys.times.set(key, before + 1);
  if (before === 1) keys.doubled++;
  if (before > 0) return;
  keys.distinct++;
  if (keys.times.size > keys.kept) {
    for (const oldest of keys.times.keys()) {
      keys.times.delete(oldest);
      break;
    }
  }
}
