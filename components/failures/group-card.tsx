"use client";
// The one group whose failures are listed below, and the way back to all of them.
import { Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import { type Asked, GroupDialogs } from "#components/failures/group-dialogs.tsx";
import { GroupRow } from "#components/failures/group-row.tsx";
import { useGroupActs } from "#components/failures/use-group-acts.ts";
import type { FailureGroup } from "#lib/contract/group.ts";
import styles from "./groups.module.css";

export function GroupCard({ group, onLeave }: { group: FailureGroup; onLeave: () => void }) {
  const acts = useGroupActs();
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <section className={styles.card} aria-label="The group whose failures are listed">
      <GroupRow
        group={group}
        href={null}
        onAssign={(assignee) => acts.assign(group, assignee)}
        onDeed={(deed) => setAsked({ deed, group })}
      />
      <Button
        className={styles.leave}
        variant="subtle"
        size="compact-sm"
        leftSection={<IconX size={15} aria-hidden />}
        onClick={onLeave}
      >
        All groups
      </Button>
      <GroupDialogs asked={asked} acts={acts} onClose={() => setAsked(null)} />
    </section>
  );
}
