"use client";
// People's acts on alerts and rules; what was refused is said, and the lists are asked for again either way.
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { acknowledgeAlert, deleteRule, unsilenceAlert, unsilenceRule } from "#lib/client/alerts.ts";
import { refusalWords } from "#lib/client/refusal.ts";

export type AlertActs = {
  /** What is being asked for now, by alert or rule. */
  busy: string | null;
  acknowledge: (id: string) => void;
  unsilence: (id: string) => void;
  unsilenceRule: (slug: string) => void;
  remove: (slug: string) => void;
  refresh: () => Promise<void>;
};

export function useAlertActs(): AlertActs {
  const client = useQueryClient();
  const [busy, setBusy] = useState<string | null>(null);

  const refresh = async () => {
    await Promise.all(
      [["alerts"], ["alert-rules"]].map((queryKey) => client.invalidateQueries({ queryKey })),
    );
  };
  const run = async (what: string, act: () => Promise<unknown>, done: string) => {
    if (busy !== null) return;
    setBusy(what);
    try {
      await act();
      notifications.show({ message: done });
    } catch (error) {
      notifications.show({
        title: "Not done",
        message: refusalWords(error),
        color: "red",
        autoClose: 10_000,
      });
    }
    await refresh();
    setBusy(null);
  };

  return {
    busy,
    refresh,
    acknowledge: (id) =>
      void run(id, () => acknowledgeAlert(id), "Acknowledged: the others see that you have it."),
    unsilence: (id) => void run(id, () => unsilenceAlert(id), "Its messages go out again."),
    unsilenceRule: (slug) => void run(slug, () => unsilenceRule(slug), "Its messages go out again."),
    remove: (slug) =>
      void run(slug, () => deleteRule(slug), "The rule is deleted, and its alerts are resolved."),
  };
}
