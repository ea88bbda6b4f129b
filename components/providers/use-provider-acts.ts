"use client";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { pauseProvider, probeProvider, resumeProvider } from "#lib/client/providers.ts";
import { refusalWords } from "#lib/client/refusal.ts";
import type { ProviderWithState } from "#lib/contract/provider.ts";

type Acts = {
  /** Throws the API's refusal, so that the dialog can show it and keep what was typed. */
  pause: (reason: string, until: string | undefined) => Promise<void>;
  resume: () => void;
  probe: () => void;
};

export function useProviderActs({ slug, name }: ProviderWithState): Acts {
  const client = useQueryClient();
  const busy = useRef(false);

  const refresh = async () => {
    const keys = [["provider", slug], ["providers"], ["overview"], ["batch-changes", slug]];
    await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })));
  };
  const run = async (act: () => Promise<unknown>, done: string) => {
    if (busy.current) return;
    busy.current = true;
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
    busy.current = false;
  };

  return {
    pause: async (reason, until) => {
      await pauseProvider(slug, { reason, until });
      notifications.show({ message: `${name} is paused. What is on its way still arrives.` });
      await refresh();
    },
    resume: () => void run(() => resumeProvider(slug), `${name} is sent to again.`),
    probe: () => void run(() => probeProvider(slug), "One record is sent as a test as soon as one is due."),
  };
}
