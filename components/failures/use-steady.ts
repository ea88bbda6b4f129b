"use client";
// When a list keeps still: text is marked in it, a dialog is open, a row can be undone, or a pointer or the keyboard is
// on it. Under a thumb it always does: a finger gives no sign before it presses.
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { useNow } from "#lib/client/clock.ts";
import { steady } from "#lib/client/steady.ts";

type Given<Item> = {
  keyOf: (item: Item) => string;
  /** What the reader has acted on stays where it is, although the server no longer lists it. */
  isActedOn?: (item: Item) => boolean;
  /** While one is, nothing moves. */
  isPinned?: (item: Item, nowMs: number) => boolean;
  dialog: boolean;
};

const never = () => false;

export function useSteady<Item>(
  latest: readonly Item[],
  { keyOf, isActedOn = never, isPinned = never, dialog }: Given<Item>,
) {
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
    shown.some((item) => isPinned(item, now));
  const given = { shown, latest, keyOf, keeps: isActedOn };
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
    gone: touch ? next.items.filter((item) => !listed.has(keyOf(item)) && !given.keeps(item)).length : 0,
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
