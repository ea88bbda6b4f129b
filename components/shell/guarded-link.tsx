"use client";
import { Button } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";
import { GuardedButton } from "#components/shell/guarded-button.tsx";

type Props = {
  href: string;
  /** Null when it may be followed; else a sentence. */
  whyNot: string | null;
  children: ReactNode;
};

/** A link that looks like a button, and stays in its place when it may not be followed. */
export function GuardedLink({ href, whyNot, children }: Props) {
  if (whyNot === null)
    return (
      <Button component={Link} href={href} prefetch={false} size="xs" variant="default">
        {children}
      </Button>
    );
  return (
    <GuardedButton size="xs" variant="default" whyNot={whyNot} onClick={() => {}}>
      {children}
    </GuardedButton>
  );
}
