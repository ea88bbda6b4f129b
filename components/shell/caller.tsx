"use client";
// Who is signed in, for buttons that must know before they are pressed.
import { createContext, type ReactNode, use } from "react";
import type { Role } from "#lib/core/access.ts";

export type Caller = { name: string; email: string; role: Role };

const Context = createContext<Caller | null>(null);

export function CallerProvider({ caller, children }: { caller: Caller; children: ReactNode }) {
  return <Context value={caller}>{children}</Context>;
}

export function useCaller(): Caller {
  const caller = use(Context);
  if (caller === null) throw new Error("useCaller needs a CallerProvider above it");
  return caller;
}
