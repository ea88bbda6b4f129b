"use client";
// Somebody changed the policy while this form was open: who, when, what, and what of it you typed as well.
import { Button } from "@mantine/core";
import { ChangeList } from "#components/policy/change-list.tsx";
import { toneClass } from "#components/states/chip.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { person } from "#lib/client/formats.ts";
import { bothChanged, changeLines, policyOf } from "#lib/client/policy-change.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import type { ProviderWithState } from "#lib/contract/provider.ts";
import styles from "./policy.module.css";

type Props = {
  base: ProviderPolicy;
  draft: ProviderPolicy;
  newer: ProviderWithState;
  onTake: () => void;
};

export function NewerNotice({ base, draft, newer, onTake }: Props) {
  const theirs = policyOf(newer);
  const both = bothChanged(base, draft, theirs);
  const lines = changeLines(base, theirs);
  return (
    <div className={`${styles.notice} ${toneClass("amber")}`} role="alert" data-testid="newer">
      <p>
        <b>{person(newer.updatedBy)}</b> changed this policy at <ClockTime at={newer.updatedAt} />, while you
        were editing.
      </p>
      {lines.length > 0 && <ChangeList lines={lines} />}
      {both.length > 0 && (
        <p>
          You changed {both.map(({ name }) => name.toLowerCase()).join(", ")} as well: there, what you typed
          stays in the form, and replaces theirs when you save.
        </p>
      )}
      <Button size="xs" w="fit-content" variant="default" onClick={onTake}>
        Load their version, keep what I typed
      </Button>
    </div>
  );
}
