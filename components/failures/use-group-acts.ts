"use client";
// What a person does to a whole group. Each says what was done, and asks again how things stand.
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { exactly, person } from "#lib/client/formats.ts";
import { assignGroup, moveGroup, muteGroup, noteGroup, rejectGroup, retryGroup } from "#lib/client/groups.ts";
import { refusalWords } from "#lib/client/refusal.ts";
import type { RejectCode } from "#lib/client/words.ts";
import type { FailureGroup } from "#lib/contract/group.ts";

/** But for `assign`, each throws the API's refusal, so that the dialog can show it and keep what was typed. */
export type GroupActs = {
  retry: (group: FailureGroup, first: number | undefined) => Promise<void>;
  reject: (group: FailureGroup, code: RejectCode, reason: string) => Promise<void>;
  assign: (group: FailureGroup, assignee: string | null) => void;
  move: (group: FailureGroup, team: { slug: string; name: string }) => Promise<void>;
  note: (group: FailureGroup, note: string | null) => Promise<void>;
  mute: (group: FailureGroup, until: string | null) => Promise<void>;
};

export function useGroupActs(): GroupActs {
  const client = useQueryClient();
  const busy = useRef(false);
  const refresh = () => {
    for (const queryKey of [["failures"], ["records"], ["overview"]])
      void client.invalidateQueries({ queryKey });
  };
  const run = async (act: () => Promise<string>) => {
    try {
      notifications.show({ message: await act() });
    } finally {
      // Who was first is seen in the row as well.
      refresh();
    }
  };
  return {
    retry: (group, first) =>
      run(async () => {
        const { acted } = await retryGroup(group.id, first);
        return `${exactly(acted, "record")} ${acted === 1 ? "goes" : "go"} to ${group.providerName} again.`;
      }),
    reject: (group, code, reason) =>
      run(async () => {
        const { acted } = await rejectGroup(group.id, { code, reason });
        return `${exactly(acted, "record")} of ${group.providerName} ${acted === 1 ? "is" : "are"} closed, not sent.`;
      }),
    move: (group, team) =>
      run(async () => {
        await moveGroup(group.id, team.slug);
        return `${team.name} has it now.`;
      }),
    note: (group, note) =>
      run(async () => {
        await noteGroup(group.id, note);
        return note === null ? "The note is gone." : "The note is kept.";
      }),
    mute: (group, until) =>
      run(async () => {
        await muteGroup(group.id, until);
        return until === null ? "Its messages go out again." : "No message tells of it until then.";
      }),
    assign: (group, assignee) => {
      if (busy.current) return;
      busy.current = true;
      run(async () => {
        await assignGroup(group.id, assignee, group.assignee);
        return assignee === null ? "Nobody has it now." : `${person(assignee)} has it now.`;
      })
        .catch((error: unknown) =>
          notifications.show({
            title: "Not done",
            message: refusalWords(error),
            color: "red",
            autoClose: 10_000,
          }),
        )
        .finally(() => {
          busy.current = false;
        });
    },
  };
}
