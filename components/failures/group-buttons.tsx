"use client";
// The acts on a group. What the reader may not do stays in its place, and says why.
import { ActionIcon, Menu } from "@mantine/core";
import {
  IconArrowsExchange,
  IconBell,
  IconBellOff,
  IconDots,
  IconNote,
  IconRefresh,
  IconUserMinus,
  IconUserPlus,
} from "@tabler/icons-react";
import type { GroupDeed } from "#components/failures/group-dialogs.tsx";
import { useCaller } from "#components/shell/caller.tsx";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
import { GuardedItem } from "#components/shell/guarded-item.tsx";
import { useNow } from "#lib/client/clock.ts";
import { meOf } from "#lib/client/failures.ts";
import { count } from "#lib/client/formats.ts";
import { rejectPermission, retryPermission, whyNot } from "#lib/client/permissions.ts";
import type { FailureGroup } from "#lib/contract/group.ts";
import styles from "./groups.module.css";

type Props = {
  group: FailureGroup;
  title: string;
  onAssign: (assignee: string | null) => void;
  onDeed: (deed: GroupDeed) => void;
};

const nothingOpen = "Nothing of it is open now.";

export function GroupButtons({ group, title, onAssign, onDeed }: Props) {
  const caller = useCaller();
  const me = meOf(caller);
  const about = `${title}, ${group.providerName}`;
  const empty = group.records === 0 ? nothingOpen : null;
  const whyNotAssign = whyNot(caller.role, "assign");
  const isMine = group.assignee === me;
  return (
    <div className={styles.acts}>
      <GuardedButton
        size="xs"
        leftSection={<IconRefresh size={15} aria-hidden />}
        whyNot={whyNot(caller.role, retryPermission[group.teamKind]) ?? empty}
        about={about}
        onClick={() => onDeed("retry")}
      >
        {group.records > 1 ? `Run all ${count(group.records)} again…` : "Run again…"}
      </GuardedButton>
      <GuardedButton
        size="xs"
        variant="default"
        whyNot={whyNot(caller.role, rejectPermission[group.teamKind]) ?? empty}
        about={about}
        onClick={() => onDeed("reject")}
      >
        {group.records > 1 ? "Reject all…" : "Reject…"}
      </GuardedButton>
      <GuardedButton
        size="xs"
        variant="default"
        leftSection={
          isMine ? <IconUserMinus size={15} aria-hidden /> : <IconUserPlus size={15} aria-hidden />
        }
        whyNot={whyNotAssign ?? (isMine ? null : empty)}
        about={about}
        onClick={() => onAssign(isMine ? null : me)}
      >
        {isMine ? "Unassign" : "Assign me"}
      </GuardedButton>
      <More group={group} about={about} whyNot={whyNotAssign} onDeed={onDeed} />
    </div>
  );
}

type MoreProps = {
  group: FailureGroup;
  about: string;
  whyNot: string | null;
  onDeed: (deed: GroupDeed) => void;
};

function More({ group, about, whyNot, onDeed }: MoreProps) {
  const now = useNow(10_000);
  const isMuted = group.mutedUntil !== null && Date.parse(group.mutedUntil) > now;
  return (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" c="var(--ink)" size={30} aria-label={`More about ${about}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <GuardedItem
          icon={<IconArrowsExchange size={16} aria-hidden />}
          whyNot={whyNot ?? (group.records === 0 ? nothingOpen : null)}
          onClick={() => onDeed("move")}
        >
          Move to team…
        </GuardedItem>
        <GuardedItem icon={<IconNote size={16} aria-hidden />} whyNot={whyNot} onClick={() => onDeed("note")}>
          {group.note === null ? "Note…" : "Change the note…"}
        </GuardedItem>
        <GuardedItem
          icon={isMuted ? <IconBell size={16} aria-hidden /> : <IconBellOff size={16} aria-hidden />}
          whyNot={whyNot}
          onClick={() => onDeed("mute")}
        >
          {isMuted ? "Mute longer, or unmute…" : "Mute until…"}
        </GuardedItem>
      </Menu.Dropdown>
    </Menu>
  );
}
