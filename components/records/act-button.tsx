"use client";
// The one button of a record that never moves: Retry, then Undo while it has not left, Reopen when it was closed.
import { Loader } from "@mantine/core";
import { IconArrowBackUp, IconFolderOpen, IconRefresh } from "@tabler/icons-react";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
import { type Act, isUndoable } from "#lib/client/act.ts";
import { useNow } from "#lib/client/clock.ts";

type Props = {
  act: Act | undefined;
  /** Whether the record is closed unsent on the server. */
  closed: boolean;
  about: string;
  whyNotRetry: string | null;
  whyNotReopen: string | null;
  onRetry: () => void;
  onUndo: () => void;
  onReopen: () => void;
};

const nothing = () => {};

export function ActButton({
  act,
  closed,
  about,
  whyNotRetry,
  whyNotReopen,
  onRetry,
  onUndo,
  onReopen,
}: Props) {
  const now = useNow(250);
  const asking = act?.kind === "asking";
  const undo = isUndoable(act, now) || (act?.kind === "asking" && act.verb === "undo");
  const gone = (act?.kind === "leaving" && !undo) || (act?.kind === "refused" && act.conflict);
  const reopen = act?.kind === "rejected" || (closed && act?.kind !== "reopened");
  const [label, whyNot, onClick, Glyph] = reopen
    ? (["Reopen", whyNotReopen, onReopen, IconFolderOpen] as const)
    : undo
      ? (["Undo", null, onUndo, IconArrowBackUp] as const)
      : (["Retry", whyNotRetry, onRetry, IconRefresh] as const);
  return (
    <GuardedButton
      w={104}
      size="xs"
      variant={undo || reopen ? "default" : "filled"}
      // Not the button's own loading state: that disables it, and the keyboard's focus would be lost.
      leftSection={asking ? <Loader size={14} color="currentColor" /> : <Glyph size={15} aria-hidden />}
      whyNot={gone ? "It has been taken care of." : whyNot}
      about={about}
      onClick={asking ? nothing : onClick}
    >
      {label}
    </GuardedButton>
  );
}
