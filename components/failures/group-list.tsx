"use client";
// Groups that keep still under a hand, and the dialogs of their acts.
import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { type Asked, GroupDialogs } from "#components/failures/group-dialogs.tsx";
import { GroupRow } from "#components/failures/group-row.tsx";
import { useGroupActs } from "#components/failures/use-group-acts.ts";
import { useSteady } from "#components/failures/use-steady.ts";
import { number } from "#lib/client/formats.ts";
import type { FailureGroup } from "#lib/contract/group.ts";
import styles from "./groups.module.css";

type Props = {
  groups: readonly FailureGroup[];
  /** Where a group's failures are listed. */
  hrefOf: (group: FailureGroup) => string;
  /** What stands here when there are none. */
  none: ReactNode;
};

export function GroupList({ groups, hrefOf, none }: Props) {
  const acts = useGroupActs();
  const [asked, setAsked] = useState<Asked | null>(null);
  const { items, fresh, gone, show, hold } = useSteady(groups, {
    keyOf: ({ id }) => id,
    dialog: asked !== null,
  });
  return (
    <div {...hold}>
      {(fresh > 0 || gone > 0) && (
        <div className={styles.fresh}>
          <Button size="compact-sm" radius="xl" onClick={show}>
            {fresh > 0 ? `${number(fresh)} new – show` : `${number(gone)} gone – tidy up`}
          </Button>
        </div>
      )}
      {items.length === 0 ? (
        none
      ) : (
        <ul className={styles.list} aria-label="Failure groups">
          {items.map((group) => (
            <li key={group.id}>
              <GroupRow
                group={group}
                href={hrefOf(group)}
                onAssign={(assignee) => acts.assign(group, assignee)}
                onDeed={(deed) => setAsked({ deed, group })}
              />
            </li>
          ))}
        </ul>
      )}
      <GroupDialogs asked={asked} acts={acts} onClose={() => setAsked(null)} />
    </div>
  );
}
