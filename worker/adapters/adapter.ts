// What is particular to a kind of provider: how a record becomes a request, what its reply means, what follows.
//
//   build ──▶ call ──▶ read ──▶ next? ──▶ call ──▶ read … ──▶ settled
//
// An adapter knows nothing of retries, limits, auth or the database. What it throws fails the record as `adapter_error`.
import type { z } from "zod";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import type { Outcome } from "#lib/core/outcome.ts";
import type { Reply } from "#lib/core/reply.ts";
import type { Log } from "#lib/node/log.ts";
import type { Request } from "#worker/http/call.ts";

/** A record on its way out. */
export type Outgoing = {
  id: string;
  provider: string;
  type: string | null;
  subject: string | null;
  owner: string | null;
  /** JSON as Postgres stores it, every digit kept. */
  payload: string;
  correlationId: string | null;
  headers: Record<string, string> | null;
  /** Which try this is, from 1. */
  attempt: number;
};

export type ResponseReply = Extract<Reply, { kind: "response" }>;

/** What an adapter reads in a reply. What it leaves out is as the provider's rules and the usual statuses have it. */
export type Reading = {
  outcome?: Outcome;
  /** One sentence for people. */
  error?: string;
  /** Kept for the application, always. Left out, the body as it came is kept where a record or its provider asks for it. */
  response?: string;
};

/** The record's data is wrong, whoever the provider is: it goes to the people who can correct it, and is not tried again. */
export class BadPayload extends Error {
  override name = "BadPayload";
}

/** Of the attempt that a request belongs to: the time on the clock, and its span in the trace, 16 hex digits. */
export type Moment = { nowMs: number; span: string };

/** One call after another; each is part of the same attempt, under the same deadline. */
export type HttpAdapter = {
  kind: "http";
  build: (record: Outgoing, moment: Moment) => Request;
  read?: (reply: ResponseReply, record: Outgoing) => Reading;
  /** What follows a reply that means success, `step` from 1; null when that was all. */
  next?: (reply: ResponseReply, record: Outgoing, step: number, moment: Moment) => Request | null;
};

/** Delivers by other means than HTTP: a mail server, a function of the application. */
export type DirectAdapter = {
  kind: "direct";
  /** Nobody waits for it any longer once `signal` says so. One that rejects with the signal's reason has timed out. */
  deliver: (record: Outgoing, moment: Moment & { signal: AbortSignal }) => Promise<Reply>;
  read?: HttpAdapter["read"];
  close?: () => Promise<void>;
  /** Whether each delivery holds a connection of those that the worker's handlers share. */
  holdsConnection?: boolean;
  /** How long past its time it may still tell what became of what it can't take back, ms; 0. */
  graceMs?: number;
};

export type Adapter = HttpAdapter | DirectAdapter;

export type AdapterGiven<Options> = {
  provider: string;
  policy: ProviderPolicy;
  options: Options;
  /** Names of headers, in lower case, that prove who we are: a record's own headers can't set them. */
  proofNames: ReadonlySet<string>;
  /** Given where the auth is `basic`, for an adapter that proves itself by other means than headers. */
  credentials: { user: string; password: string } | null;
  /** Whether loopback and private addresses may be called. */
  allowPrivate: boolean;
  log: Log;
};

/** A kind of provider: what its `options` may be, and how an adapter is made of a policy. */
export type AdapterKind<Options = unknown> = {
  options: z.ZodType<Options>;
  create: (given: AdapterGiven<Options>) => Adapter;
};

/** Gives the options their type. Outside, they are unknown: whoever creates an adapter has its schema check them. */
export const defineAdapter = <Options>(kind: AdapterKind<Options>): AdapterKind => kind as AdapterKind;
