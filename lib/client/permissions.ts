// Why a button cannot be pressed, in words. The server checks again; this only says it before the press.
import { may, type Permission, type Role } from "#lib/core/access.ts";
import type { TeamKind } from "#lib/core/desk.ts";

export const roleNames: Record<Role, string> = {
  end_user: "End user",
  support_data: "Support, data",
  support_tech: "Support, technical",
  developer: "Developer",
  admin: "Administrator",
};

const deeds: Record<Permission, string> = {
  see: "look at the dashboard",
  see_payload: "see payloads",
  enqueue: "add records",
  retry_technical: "retry technical failures",
  retry_client_data: "retry client-data failures",
  reject_technical: "reject or reopen technical failures",
  reject_client_data: "reject or reopen client-data failures",
  bulk: "start, pause or cancel bulk operations",
  bulk_many: "act on more than 1,000 records at once",
  assign: "assign or move failures",
  edit_allowed: "correct payloads",
  edit: "correct any part of a payload",
  operate: "pause, resume or probe providers, or answer alerts",
  manage_providers: "change providers",
  manage_desk: "change teams, channels, alert rules and canaries",
  mint_tokens: "make tokens for end users",
  manage_keys: "manage API keys",
  simulate: "turn the simulator's knobs",
};

/** Null when the role may; else the sentence that the button carries. */
export const whyNot = (role: Role, permission: Permission): string | null =>
  may(role, permission) ? null : `Your role, ${roleNames[role]}, may not ${deeds[permission]}.`;

export const retryPermission: Record<TeamKind, Permission> = {
  technical: "retry_technical",
  client_data: "retry_client_data",
};
export const rejectPermission: Record<TeamKind, Permission> = {
  technical: "reject_technical",
  client_data: "reject_client_data",
};

/** To correct a failure and send it again takes both. */
export const whyNotEdit = (role: Role, team: TeamKind): string | null =>
  whyNot(role, may(role, "edit") ? "edit" : "edit_allowed") ?? whyNot(role, retryPermission[team]);
