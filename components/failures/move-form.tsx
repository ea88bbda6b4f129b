"use client";
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ActForm } from "#components/shell/act-form.tsx";
import { teamsQuery } from "#lib/client/teams.ts";

type NamedTeam = { slug: string; name: string };

type Props = {
  /** What goes to the other team. */
  children: ReactNode;
  /** Which team has it now. */
  team: string;
  onMove: (team: NamedTeam) => Promise<void>;
  onClose: () => void;
};

/** Gives failures to another team. */
export function MoveForm({ children, team: present, onMove, onClose }: Props) {
  const { data: teams = [] } = useQuery(teamsQuery());
  const others = teams.filter(({ slug }) => slug !== present);
  const [slug, setSlug] = useState<string | null>(null);
  const team = others.find((other) => other.slug === slug) ?? others[0];
  return (
    <ActForm
      verb="Move it"
      isReady={() => team !== undefined}
      onClose={onClose}
      onAct={async () => {
        if (team) await onMove(team);
      }}
    >
      {() => (
        <>
          <p style={{ color: "var(--ink-2)" }}>{children}</p>
          <NativeSelect
            label="Team"
            data-autofocus
            value={team?.slug}
            data={others.map((other) => ({ value: other.slug, label: other.name }))}
            onChange={(event) => setSlug(event.currentTarget.value)}
          />
        </>
      )}
    </ActForm>
  );
}
