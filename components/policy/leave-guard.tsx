"use client";
// What was typed and not saved is not lost by a slip: leaving asks first. The browser asks when the page itself goes.
import { Button, Group, Stack } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Dialog } from "#components/shell/dialog.tsx";

export function LeaveGuard({ active }: { active: boolean }) {
  const router = useRouter();
  const [leavingTo, setLeavingTo] = useState<string | null>(null);

  useEffect(() => {
    if (!active) return;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onClick = (event: MouseEvent) => {
      const path = pathOf(event);
      if (path === null) return;
      event.preventDefault();
      event.stopPropagation();
      setLeavingTo(path);
    };
    window.addEventListener("beforeunload", onUnload);
    // Before the router's own handlers see it.
    document.addEventListener("click", onClick, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, { capture: true });
    };
  }, [active]);

  return (
    <Dialog title="Leave without saving?" opened={leavingTo !== null} onClose={() => setLeavingTo(null)}>
      <Stack gap="sm">
        <p style={{ color: "var(--ink-2)" }}>What you typed is not saved yet.</p>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => leavingTo !== null && router.push(leavingTo)}>
            Leave
          </Button>
          <Button onClick={() => setLeavingTo(null)} data-autofocus>
            Stay
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** Where a plain click on a link of this site would lead; null when it is none. */
function pathOf(event: MouseEvent): string | null {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link === null || link.target === "_blank" || link.origin !== window.location.origin) return null;
  const isHere = link.pathname === window.location.pathname && link.search === window.location.search;
  return isHere ? null : `${link.pathname}${link.search}${link.hash}`;
}
