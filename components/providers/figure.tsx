import type { ReactNode } from "react";

/** One of a list's figures: its name, and what it is now. */
export function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
