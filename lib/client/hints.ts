// What a hint makes old. A query's key begins with its noun.
import type { QueryKey } from "@tanstack/react-query";
import type { Hint, HintTopic } from "#lib/contract/hint.ts";

type Touches = (key: QueryKey, hint: Hint) => boolean;

const isOf = (part: unknown, given: string | undefined) => given === undefined || part === given;

// A record's own hint tells of people's acts and of ends; its first try, and its provider's pause, come with the others.
const touchedBy: Record<HintTopic, Touches> = {
  throughput: ([noun, slug], hint) =>
    noun === "overview" ||
    noun === "providers" ||
    noun === "records" ||
    ((noun === "throughput" || noun === "provider" || noun === "deliveries") && isOf(slug, hint.provider)),
  provider: ([noun, slug], hint) =>
    noun === "overview" ||
    noun === "providers" ||
    noun === "records" ||
    noun === "canaries" ||
    ((noun === "provider" || noun === "batch-changes") && isOf(slug, hint.provider)),
  failures: ([noun]) => noun === "overview" || noun === "failures" || noun === "provider",
  record: ([noun, id], hint) => noun === "records" && isOf(id, hint.id),
  operations: ([noun]) => noun === "operations" || noun === "overview",
  alerts: ([noun]) => noun === "alerts" || noun === "alert-rules",
};

/** Whether a query shows what the hint says has changed. */
export const isTouched = (key: QueryKey, hint: Hint): boolean => touchedBy[hint.topic](key, hint);

/** What of a query decides whether to ask again. */
export type Asked = {
  state: { fetchStatus: string; dataUpdatedAt: number; errorUpdatedAt: number };
  meta?: Record<string, unknown> | undefined;
};

/** Whether to ask again now: not while an answer is on its way, nor sooner than the query says it is worth. */
export function isRipe(query: Asked, nowMs: number): boolean {
  if (query.state.fetchStatus !== "idle") return false;
  const freshForMs = Number(query.meta?.freshForMs ?? 0);
  return nowMs - query.state.dataUpdatedAt >= freshForMs;
}

/** Whether a query is due without a hint: nothing may happen that is hinted at, and yet ages and backlogs grow. */
export const isOld = (query: Asked, nowMs: number, oldMs: number): boolean =>
  isRipe(query, nowMs) && nowMs - Math.max(query.state.dataUpdatedAt, query.state.errorUpdatedAt) >= oldMs;
