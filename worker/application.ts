// The application's own code in the worker: adapters, handlers, schedules and tasks, in a module that REDRIVE_APPLICATION
// names. It is loaded once, at the start; what is wrong with it stops the start with a sentence.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { TaskList } from "graphile-worker";
import { z } from "zod";
import type { EnqueueRecord } from "#lib/contract/record.ts";
import { adapterSchemes } from "#lib/core/adapter-names.ts";
import { isOwnTask } from "#lib/core/desk.ts";
import { BadEnvironment, type Env } from "#lib/node/env.ts";
import type { Log } from "#lib/node/log.ts";
import type { AdapterKind } from "#worker/adapters/adapter.ts";
import type { Handler } from "#worker/adapters/handler.ts";

/** Enqueues records of its provider, when the clock or a person says so. */
export type ScheduleFunction = (given: {
  provider: string;
  /** The time that it runs for, ISO 8601 UTC. */
  scheduledAt: string;
  /** The day that is in the provider's zone, like 2026-11-21. */
  day: string;
  /** Stored together when the function has ended, all or none: if it throws, it runs again, and nothing comes twice. */
  enqueue: (records: readonly ScheduledRecord[]) => void;
  signal: AbortSignal;
  log: Log;
}) => Promise<void>;

export type ScheduledRecord = Omit<EnqueueRecord, "provider">;

export type Application = {
  /** Chosen by a policy's `adapter`. */
  adapters: Readonly<Record<string, AdapterKind>>;
  /** Chosen by a policy's `url`, like `handler:viewed-products`. */
  handlers: Readonly<Record<string, Handler>>;
  /** Chosen by the `run` of a policy's schedule. */
  schedules: Readonly<Record<string, ScheduleFunction>>;
  /** What a record's `on_delivered`, `on_failed` and `on_rejected` name. */
  tasks: Readonly<TaskList>;
};

export const defineApplication = (parts: Partial<Application>): Application => ({
  adapters: {},
  handlers: {},
  schedules: {},
  tasks: {},
  ...parts,
});

/** @throws BadEnvironment naming REDRIVE_APPLICATION, what is wrong, and what to do. */
export async function loadApplication(env: Pick<Env, "REDRIVE_APPLICATION">): Promise<Application> {
  if (env.REDRIVE_APPLICATION === undefined) return defineApplication({});
  const path = resolve(env.REDRIVE_APPLICATION);
  if (!existsSync(path)) {
    throw bad(`there is no file at ${path}; name the module that registers the application's code`);
  }
  const checked = Shape.safeParse(await moduleAt(path));
  if (checked.success) return checked.data as Application;
  const [issue] = checked.error.issues;
  throw bad(
    `${path}: ${["default", ...(issue?.path ?? [])].join(".")} ${issue?.message}; export what defineApplication makes as default`,
  );
}

async function moduleAt(path: string): Promise<unknown> {
  try {
    const loaded: { default?: unknown } = await import(pathToFileURL(path).href);
    return loaded.default;
  } catch (error) {
    throw bad(
      `${path} could not be loaded: ${error instanceof Error ? error.message : error}; mend it, or unset the variable`,
      error,
    );
  }
}

const bad = (sentence: string, cause?: unknown): BadEnvironment =>
  new BadEnvironment(`REDRIVE_APPLICATION: ${sentence}.`, { cause });

const aFunction = z.custom<() => unknown>((value) => typeof value === "function", "must be a function");
const aHandler = z.custom<Handler>(
  (value) =>
    typeof value === "function" ||
    (typeof value === "object" &&
      value !== null &&
      "transaction" in value &&
      value.transaction === false &&
      "run" in value &&
      typeof value.run === "function"),
  "must be a function, or { transaction: false, run } with one",
);
const anAdapter = z.custom<AdapterKind>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    "create" in value &&
    typeof value.create === "function" &&
    "options" in value &&
    value.options instanceof z.ZodType,
  "must be an adapter, made by defineAdapter",
);
const named = <Value extends z.ZodType>(value: Value) =>
  z.record(z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i), value, {
    error: ({ code }) =>
      code === "invalid_key"
        ? "must be named with 1 to 63 letters, digits, . - and _"
        : "must be an object of names and what they stand for",
  });

const Shape = z.strictObject(
  {
    adapters: named(anAdapter).superRefine((adapters, { addIssue }) => {
      for (const name of Object.keys(adapters)) {
        if (!Object.hasOwn(adapterSchemes, name)) continue;
        addIssue({ code: "custom", path: [name], message: "has the name of a built-in adapter" });
      }
    }),
    handlers: named(aHandler),
    schedules: named(aFunction),
    tasks: named(aFunction).superRefine((tasks, { addIssue }) => {
      for (const name of Object.keys(tasks)) {
        if (!isOwnTask(name)) continue;
        addIssue({ code: "custom", path: [name], message: "has the name of a task of Redrive's own" });
      }
    }),
  },
  {
    error: ({ code }) => (code === "unrecognized_keys" ? "has parts that nobody knows" : "must be an object"),
  },
);
