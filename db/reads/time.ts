// Timestamps of drizzle's client are text; a contract's are ISO 8601 in UTC with every digit.
import { isoFromPostgres } from "#db/client.ts";

export const iso = (text: string): string => isoFromPostgres(text);
export const isoOrNull = (text: string | null): string | null =>
  text === null ? null : isoFromPostgres(text);
