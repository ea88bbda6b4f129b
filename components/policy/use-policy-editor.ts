"use client";
// The form's state: the policy it began with, what was typed, and what the server said of it.
//
//   typing ── review ──▶ saving ──▶ saved
//      ▲                    ├── a field is wrong: its error stands beside it
//      └────────────────────┴── somebody was first: what was typed is put on top of theirs, when asked to
import { useReducer } from "react";
import { type FieldError, isSameAt, patchOf, policyOf, rebase } from "#lib/client/policy-change.ts";
import type { PatchProvider, ProviderPolicy } from "#lib/contract/policy.ts";
import type { ProviderWithState } from "#lib/contract/provider.ts";

type Editing = {
  base: ProviderPolicy;
  version: number;
  draft: ProviderPolicy;
  errors: readonly FieldError[];
};

type Step =
  | { kind: "typed"; part: Partial<ProviderPolicy> }
  | { kind: "refused"; errors: readonly FieldError[] }
  | { kind: "taken"; provider: ProviderWithState };

const begin = (provider: ProviderWithState): Editing => ({
  base: policyOf(provider),
  version: provider.version,
  draft: policyOf(provider),
  errors: [],
});

function next(editing: Editing, step: Step): Editing {
  switch (step.kind) {
    case "typed": {
      const draft = { ...editing.draft, ...step.part };
      // An error stands until its field says something else.
      const errors = editing.errors.filter(({ field }) => isSameAt(editing.draft, draft, field));
      return { ...editing, draft, errors };
    }
    case "refused":
      return { ...editing, errors: step.errors };
    case "taken": {
      const theirs = policyOf(step.provider);
      const draft = rebase(editing.base, editing.draft, theirs);
      return { base: theirs, version: step.provider.version, draft, errors: [] };
    }
  }
}

export type PolicyEditor = Editing & {
  patch: PatchProvider;
  isChanged: boolean;
  change: (part: Partial<ProviderPolicy>) => void;
  refuse: (errors: readonly FieldError[]) => void;
  /** Goes on from another version, with what was typed on top of it. */
  take: (provider: ProviderWithState) => void;
};

export function usePolicyEditor(provider: ProviderWithState): PolicyEditor {
  const [editing, step] = useReducer(next, provider, begin);
  const patch = patchOf(editing.base, editing.draft);
  return {
    ...editing,
    patch,
    isChanged: Object.keys(patch).length > 0,
    change: (part) => step({ kind: "typed", part }),
    refuse: (errors) => step({ kind: "refused", errors }),
    take: (taken) => step({ kind: "taken", provider: taken }),
  };
}
