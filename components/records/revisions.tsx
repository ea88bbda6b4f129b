"use client";
// The corrections of a payload, the newest first, each with what it changed in the one before.
import { PayloadDiff } from "#components/records/payload-diff.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { person } from "#lib/client/formats.ts";
import type { RecordDetail, Revision } from "#lib/contract/record.ts";
import styles from "./diff.module.css";

export function Revisions({ record }: { record: RecordDetail }) {
  const { revisions, payloadHidden } = record;
  return (
    <ol className={styles.revisions} reversed>
      {revisions
        .map((revision, place) => ({ revision, before: revisions[place - 1] }))
        .reverse()
        .map(({ revision, before }) => (
          <li key={revision.nth}>
            <Head revision={revision} />
            {revision.reason && <p>“{revision.reason}”</p>}
            {before && payloadHidden && <ChangedPlaces record={record} nth={revision.nth} />}
            {before && !payloadHidden && (
              <PayloadDiff
                label={`What correction ${revision.nth} changed`}
                before={JSON.stringify(before.payload)}
                after={JSON.stringify(revision.payload)}
              />
            )}
          </li>
        ))}
    </ol>
  );
}

function Head({ revision: { nth, by, at } }: { revision: Revision }) {
  return (
    <div className={styles.head}>
      <b>{nth === 0 ? "As it came" : `Correction ${nth}`}</b>
      {by !== null && <span className={styles.quiet}>by {person(by)}</span>}
      <span className={styles.quiet}>
        <ClockTime at={at} seconds />
      </span>
    </div>
  );
}

/** For who may not see values: where they changed. */
function ChangedPlaces({ record, nth }: { record: RecordDetail; nth: number }) {
  const event = record.events.find(({ kind, detail }) => kind === "edited" && detail.revision === nth);
  const changes = Array.isArray(event?.detail.changes) ? event.detail.changes : [];
  const places = changes.flatMap((change) =>
    change !== null && typeof change === "object" && !Array.isArray(change) && typeof change.path === "string"
      ? [change.path || "everything"]
      : [],
  );
  if (places.length === 0) return null;
  return (
    <ul className={styles.places} aria-label={`What correction ${nth} changed`}>
      {places.map((place) => (
        <li key={place}>
          <code>{place}</code>
        </li>
      ))}
    </ul>
  );
}
