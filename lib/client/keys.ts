// API keys, and the words of their page.
import { queryOptions } from "@tanstack/react-query";
import { getJson, sendJson } from "#lib/client/http.ts";
import type { ApiKey, ApiKeys, CreateKey, KeyState, PatchKey, ShownKey } from "#lib/contract/key.ts";
import type { Scope } from "#lib/core/access.ts";

const path = (id: string) => `/keys/${encodeURIComponent(id)}`;
const ifAt = (version: number) => ({ "if-match": `"${version}"` });

export const keysQuery = () =>
  queryOptions({
    queryKey: ["keys"],
    queryFn: async ({ signal }) => (await getJson<ApiKeys>("/keys", signal)).items,
  });

export const createKey = (key: CreateKey) => sendJson<ShownKey>("POST", "/keys", key);
/** Changes it, if it still is at the version that was read. */
export const patchKey = ({ id, version }: ApiKey, patch: PatchKey) =>
  sendJson<ApiKey>("PATCH", path(id), patch, ifAt(version));
/** Of two people who rotate at once, one is told that it was done. */
export const rotateKey = ({ id, version }: ApiKey, overlapSeconds: number) =>
  sendJson<ShownKey>("POST", `${path(id)}/rotate`, { overlapSeconds }, ifAt(version));
export const revokeKey = ({ id }: ApiKey) => sendJson<ApiKey>("DELETE", path(id), undefined);

export const scopeWords: Record<Scope, { label: string; description: string }> = {
  enqueue: { label: "Enqueue", description: "Add records." },
  read: { label: "Read", description: "See records with their payloads, failures, providers and figures." },
  operate: {
    label: "Operate",
    description: "Retry, reject, assign and correct failures; pause, resume and probe providers.",
  },
  admin: { label: "Admin", description: "Everything, keys included." },
};

export const keyStateWords: Record<KeyState, string> = {
  active: "Works",
  expired: "Expired",
  revoked: "Revoked",
};

/** What it may do, in a line: its scopes, or of a key that was written by hand its permissions. */
export function mayWords({ scopes, permissions }: Pick<ApiKey, "scopes" | "permissions">): string {
  if (scopes.length > 0) return scopes.map((scope) => scopeWords[scope].label).join(", ");
  return permissions.length === 0 ? "Nothing" : permissions.join(", ");
}

/** What it is kept to; null for everything. */
export function boundsWords(
  { providers, owner }: Pick<ApiKey, "providers" | "owner">,
  nameOf: (slug: string) => string,
): string | null {
  const parts = [
    providers === null ? null : providers.map(nameOf).join(", "),
    owner === null ? null : `owner ${owner}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : `Only ${parts.join(" · ")}`;
}

const daySeconds = 86_400;

/** When a key ends, as one chooses it; `keep` leaves the end that it has. */
export const endChoices = [
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: "never", label: "Never" },
] as const;
export type EndChoice = (typeof endChoices)[number]["value"] | "keep";

export function expiresAtOf(choice: EndChoice, nowMs: number): string | null | undefined {
  if (choice === "keep") return undefined;
  if (choice === "never") return null;
  return new Date(nowMs + Number(choice) * daySeconds * 1_000).toISOString();
}

/** How long the present key works beside a new one. */
export const overlapChoices = [
  { value: "0", label: "Ends now" },
  { value: "3600", label: "An hour" },
  { value: "86400", label: "A day" },
  { value: "604800", label: "A week" },
  { value: "2592000", label: "30 days" },
] as const;
export type OverlapChoice = (typeof overlapChoices)[number]["value"];
