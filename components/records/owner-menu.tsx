"use client";
// Who looks after this failure: taken, given back, or moved to another team.
import { ActionIcon, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowsExchange, IconDots, IconUserMinus, IconUserPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { MoveForm } from "#components/failures/move-form.tsx";
import { useCaller } from "#components/shell/caller.tsx";
import { Dialog } from "#components/shell/dialog.tsx";
import { GuardedItem } from "#components/shell/guarded-item.tsx";
import { meOf } from "#lib/client/failures.ts";
import { person } from "#lib/client/formats.ts";
import { whyNot } from "#lib/client/permissions.ts";
import { assignRecord, moveRecord } from "#lib/client/records.ts";
import { refusalWords } from "#lib/client/refusal.ts";
import type { RecordDetail } from "#lib/contract/record.ts";

type Props = { id: string; about: string; failure: NonNullable<RecordDetail["failure"]> };

export function OwnerMenu({ id, about, failure }: Props) {
  const caller = useCaller();
  const client = useQueryClient();
  const [moving, setMoving] = useState(false);
  const me = meOf(caller);
  const isMine = failure.assignee === me;
  const whyNotAssign = whyNot(caller.role, "assign");
  const said = async (act: () => Promise<unknown>, words: string) => {
    try {
      await act();
      notifications.show({ message: words });
    } finally {
      for (const queryKey of [["records"], ["failures"]]) void client.invalidateQueries({ queryKey });
    }
  };
  const assign = () => {
    const assignee = isMine ? null : me;
    said(
      () => assignRecord(id, assignee, failure.assignee),
      assignee === null ? "Nobody has it now." : `${person(assignee)} has it now.`,
    ).catch((error: unknown) =>
      notifications.show({
        title: "Not done",
        message: refusalWords(error),
        color: "red",
        autoClose: 10_000,
      }),
    );
  };
  return (
    <>
      <Menu position="bottom-end" width={250}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            c="var(--ink)"
            size={30}
            aria-label={`More about ${about}`}
          >
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <GuardedItem
            icon={isMine ? <IconUserMinus size={16} aria-hidden /> : <IconUserPlus size={16} aria-hidden />}
            whyNot={whyNotAssign}
            onClick={assign}
          >
            {isMine ? "Unassign" : "Assign me"}
          </GuardedItem>
          <GuardedItem
            icon={<IconArrowsExchange size={16} aria-hidden />}
            whyNot={whyNotAssign}
            onClick={() => setMoving(true)}
          >
            Move to team…
          </GuardedItem>
        </Menu.Dropdown>
      </Menu>
      <Dialog title="Move to another team" opened={moving} onClose={() => setMoving(false)}>
        <MoveForm
          team={failure.team}
          onMove={(team) => said(() => moveRecord(id, team.slug), `${team.name} has it now.`)}
          onClose={() => setMoving(false)}
        >
          This record goes from {failure.teamName} to another team; others of the same trouble stay.
        </MoveForm>
      </Dialog>
    </>
  );
}
