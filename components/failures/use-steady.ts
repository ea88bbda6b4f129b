"use client";
// When a list keeps still: text is marked in it, a dialog is open, a row can be undone, or a pointer or the keyboard is
// on it. Under a thumb it always does: a finger gives no sign before it presses.
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import type { RecordActs } from "#components/records/use-record-acts.ts";
import { isUndoable } from "#lib/client/act.ts";
import { useNow } from "#lib/client/clock.ts";
import { steady } from "#lib/client/steady.ts";
import type { Failure } from "#lib/contract/failure.ts";

const keyOf = ({ id }: Failure) => id;

export function useSteady(latest: readonly Failure[], acts: RecordActs, dialog: boolean) {
  const now = useNow(1_000);
  const box = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState(false);
  const [shown, setShown] = useState(latest);
  const touch = useMediaQuery("(pointer: coarse)") ?? false;
  const held =
    (touch && shown.length > 0) ||
    dialog ||
    pointed ||
    isInUse(box.current) ||
    shown.some((failure) => isUndoable(acts.of(failure), now));
  const given = { shown, latest, keyOf, keeps: (failure: Failure) => acts.of(failure) !== undefined };
  const listed = new Set(latest.map(keyOf));
  const next = steady({ ...given, held });
  const changed =
    next.items.length !== shown.length || next.items.some((item, index) => item !== shown[index]);

  useEffect(() => {
    if (changed) setShown(next.items);
  });

  return {
    items: next.items,
    fresh: next.fresh,
    /** Rows that only stand here because of a thumb. */
    gone: touch ? next.items.filter((item) => !listed.has(item.id) && !given.keeps(item)).length : 0,
    show: () => setShown(steady({ ...given, held: false }).items),
    hold: {
      ref: box,
      onPointerEnter: (event: { pointerType: string }) => setPointed(event.pointerType === "mouse"),
      onPointerLeave: () => setPointed(false),
    },
  };
}

/** Whether text is marked in the box, or the keyboard is on something in it. */
function isInUse(box: HTMLElement | null): boolean {
  if (box === null) return false;
  const selection = window.getSelection();
  const marked = selection !== null && !selection.isCollapsed && selection.containsNode(box, true);
  return marked || box.querySelector(":focus-visible") !== null;
}
