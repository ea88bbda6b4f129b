// Made by "npm run clients" from the operations of the API. Do not edit it.

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What any call takes beside its own. */
export type CallOptions = {
  /** Under one key a write happens once; one is made for each write unless you give yours. */
  idempotencyKey?: string;
  /** The version that a change is for; another one refuses it with `version_mismatch`. */
  ifMatch?: number;
  signal?: AbortSignal;
};

export type EnqueueRecord = { provider: string; payload: unknown; id?: string; type?: string; idempotencyKey?: string; dedupeKey?: string; orderingKey?: string; correlationId?: string; owner?: string; subject?: string; headers?: { readonly [name: string]: string }; priority?: number; notBefore?: string; onDelivered?: string; onFailed?: string; onRejected?: string; keepResponse?: boolean };

export type EnqueuedRecord = { id: string };

export type RecordSummary = { id: string; provider: string; status: "waiting" | "sending" | "retrying" | "held" | "delivered" | "failed" | "rejected" | "discarded" | "duplicate"; attempts: number; type: string | null; subject: string | null; owner: string | null; correlationId: string | null; createdAt: string; settledAt: string | null; dueAt: string | null; lastError: string | null };

export type Records = { items: readonly (RecordSummary)[]; next: string | null };

/** Every operation of the API that a key can use. */
export interface Operations {
  /** Takes a record, to be delivered to its provider. Where its `idempotencyKey` is known, nothing is stored, and the answer is the first record's id. Needs the permission enqueue. */
  enqueueRecord(body: EnqueueRecord, options?: CallOptions): Promise<EnqueuedRecord>;
  /** Lists records, the newest first. Needs the permission see. */
  listRecords(query?: { status?: "waiting" | "sending" | "retrying" | "held" | "delivered" | "failed" | "rejected" | "discarded" | "duplicate"; provider?: string; q?: string; canaries?: "hide" | "show" | "only"; from?: string; to?: string; after?: string; limit?: number }, options?: CallOptions): Promise<Records>;
}

/** Where each goes, and whether it takes a body or a query. */
export const operations = {
  enqueueRecord: { method: "POST", path: "/records", takes: "body" },
  listRecords: { method: "GET", path: "/records", takes: "query" },
} as const;
