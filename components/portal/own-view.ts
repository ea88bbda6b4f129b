// A record in the words of the one it belongs to: what pages show and the API tells.
import { clock } from "#lib/client/formats.ts";
import type { MyRecord, MyRecordDetail, OwnEvent, OwnRecord } from "#lib/contract/portal.ts";
import { historyWords, ownCard, type PortalAction, triesMost } from "#lib/core/portal.ts";
import { portalFields } from "#lib/core/portal-fields.ts";

export type ViewGiven = { nowMs: number; zone: string; actions: readonly PortalAction[] };

export function myRecord(own: OwnRecord, { nowMs, zone, actions }: ViewGiven): MyRecord {
  const card = ownCard(own, { nowMs, actions, when: (iso) => clock(iso, zone, nowMs) });
  return {
    id: own.id,
    title: own.subject ?? `Entry for ${own.to}`,
    to: own.to,
    ...card,
    createdAt: own.createdAt,
    settledAt: own.settledAt,
    undoUntil: card.buttons.includes("undo") ? own.undoUntil : null,
    triesLeft: Math.max(0, triesMost - own.tries),
    triesAgainAt: own.tries >= triesMost ? own.triesAgainAt : null,
  };
}

export function myRecordDetail(
  { record, history }: { record: OwnRecord; history: readonly OwnEvent[] },
  given: ViewGiven,
): MyRecordDetail {
  const shown = myRecord(record, given);
  return {
    ...shown,
    fields: shown.buttons.includes("fix") ? portalFields(record.payload, record.allowed, record.message) : [],
    history: [
      ...history.flatMap((event) => {
        const says = historyWords(event, record.to);
        return says === null ? [] : [{ at: event.at, says }];
      }),
      { at: record.createdAt, says: "We got it" },
    ],
  };
}
