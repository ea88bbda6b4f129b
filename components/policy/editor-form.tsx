"use client";
import { Button } from "@mantine/core";
import Link from "next/link";
import { useRef, useState } from "react";
import { ErrorSummary, FieldErrors, showField } from "#components/policy/errors.tsx";
import { LeaveGuard } from "#components/policy/leave-guard.tsx";
import { NewerNotice } from "#components/policy/newer-notice.tsx";
import { ReviewDialog } from "#components/policy/review-dialog.tsx";
import { AddressSection } from "#components/policy/sections/address.tsx";
import { AuthSection } from "#components/policy/sections/auth.tsx";
import { CorrectionsSection } from "#components/policy/sections/corrections.tsx";
import { DataSection } from "#components/policy/sections/data.tsx";
import { FlagsSection } from "#components/policy/sections/flags.tsx";
import { HealthSection } from "#components/policy/sections/health.tsx";
import { PaceSection } from "#components/policy/sections/pace.tsx";
import { RulesSection } from "#components/policy/sections/rules.tsx";
import { SchedulesSection } from "#components/policy/sections/schedules.tsx";
import { WindowsSection } from "#components/policy/sections/windows.tsx";
import type { PolicyEditor } from "#components/policy/use-policy-editor.ts";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
import { plural } from "#lib/client/formats.ts";
import { changeLines, shapeErrors } from "#lib/client/policy-change.ts";
import type { ProviderWithState } from "#lib/contract/provider.ts";
import styles from "./policy.module.css";

type Props = {
  editor: PolicyEditor;
  /** What somebody else saved meanwhile. */
  newer: ProviderWithState | null;
  slug: string;
  saved: boolean;
  onSave: () => Promise<void>;
};

export function EditorForm({ editor, newer, slug, saved, onSave }: Props) {
  const { base, draft, change, errors, patch, isChanged } = editor;
  const [reviewing, setReviewing] = useState(false);
  const lines = changeLines(base, draft);
  const section = { draft, change };
  const held = newer !== null && isChanged;

  // Not at each change of the errors: one that is mended while typing must not move the focus to the next.
  const latest = useRef(errors);
  latest.current = errors;
  const showFirst = () =>
    // A dialog that closes gives the focus back first.
    setTimeout(() => {
      const [first] = latest.current;
      if (first !== undefined) showField(first.field);
    }, 60);

  const review = () => {
    const wrong = shapeErrors(patch);
    editor.refuse(wrong);
    if (wrong.length === 0) setReviewing(true);
    else showFirst();
  };
  const save = async () => {
    await onSave();
    setReviewing(false);
    showFirst();
  };

  return (
    <FieldErrors errors={errors}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isChanged && !held) review();
        }}
      >
        {held && <NewerNotice base={base} draft={draft} newer={newer} onTake={() => editor.take(newer)} />}
        <ErrorSummary errors={errors} />
        <AddressSection {...section} />
        <PaceSection {...section} />
        <WindowsSection {...section} />
        <HealthSection {...section} />
        <AuthSection {...section} stored={base.auth} />
        <RulesSection {...section} />
        <DataSection {...section} />
        <CorrectionsSection {...section} />
        <SchedulesSection {...section} />
        <FlagsSection {...section} />
        <div className={styles.bar}>
          <span className={styles.quiet} role="status">
            {isChanged ? `${plural(lines.length, "setting")} changed, not saved yet` : "Nothing is changed"}
          </span>
          <span className={styles.barButtons}>
            <Button component={Link} href={`/providers/${slug}`} variant="default" size="xs">
              Cancel
            </Button>
            <GuardedButton size="xs" whyNot={whyNotReview(isChanged, held)} onClick={review}>
              Review and save…
            </GuardedButton>
          </span>
        </div>
      </form>
      <ReviewDialog opened={reviewing} lines={lines} onClose={() => setReviewing(false)} onSave={save} />
      <LeaveGuard active={isChanged && !saved} />
    </FieldErrors>
  );
}

function whyNotReview(isChanged: boolean, held: boolean): string | null {
  if (!isChanged) return "Nothing is changed yet.";
  return held ? "Load the other version first: see the top of the page." : null;
}
