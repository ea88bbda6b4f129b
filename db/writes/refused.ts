// Why a write did not happen: thrown inside its transaction, so that nothing of it stays.
import type { Permission } from "#lib/core/access.ts";

export type RefusedCode =
  | "not_found"
  | "conflict"
  | "gone"
  | "forbidden"
  | "version_mismatch"
  | "invalid_input"
  | "payload_too_large";

type Extras = { by?: string; at?: string; errors?: { field: string; message: string }[] };

export class Refused extends Error {
  override name = "Refused";
  readonly code: RefusedCode;
  readonly extras: Extras;
  constructor(code: RefusedCode, detail: string, extras: Extras = {}) {
    super(detail);
    this.code = code;
    this.extras = extras;
  }
}

/** The actor lacks the permission that this row asks for. */
export class Denied extends Refused {
  override name = "Denied";
  readonly permission: Permission;
  constructor(permission: Permission) {
    super("forbidden", `This needs the permission ${permission}.`);
    this.permission = permission;
  }
}

/** Who acts: the name that timelines and the audit show, and what they may do. */
export type Actor = { actor: string; may: (permission: Permission) => boolean };
