// The environment, parsed once; a missing or malformed variable stops the start with a sentence that names it.
import { z } from "zod";

const flag = z.enum(["0", "1"], "must be 0 or 1").transform((value) => value === "1");

const port = z.coerce
  .number("must be a port number")
  .int("must be a port number")
  .min(1, "must be a port number, 1 to 65535")
  .max(65_535, "must be a port number, 1 to 65535");

const Env = z.object({
  DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: "must be a URL like postgres://user:password@host:5432/database",
    })
    .optional(),
  PORT: port.default(3000),
  REDRIVE_SECRET: z
    .string()
    .min(32, "must be at least 32 characters; make one with: openssl rand -hex 32")
    .optional(),
  /** What REDRIVE_SECRET was before: opens what was sealed then, and seals nothing. */
  REDRIVE_SECRET_PREVIOUS: z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .refine(
      (secrets) => secrets.every((secret) => secret.length >= 32),
      "must be what REDRIVE_SECRET was before, at least 32 characters; several are separated by commas",
    )
    .optional(),
  REDRIVE_API_KEY: z
    .string()
    .regex(/^[\w.~+/-]{16,}=*$/, "must be at least 16 letters, digits or -._~+/, for it goes into a header")
    .optional(),
  /** Requests a minute that one caller may make of one process's API; 0 counts none. */
  REDRIVE_API_RATE: z.coerce
    .number("must be a number of requests a minute; 0 for no limit")
    .int("must be a whole number of requests a minute; 0 for no limit")
    .min(0, "must be a number of requests a minute; 0 for no limit")
    .max(100_000_000, "must be at most 100000000; 0 is for no limit")
    .default(60_000),
  NEXTAUTH_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
  NEXTAUTH_SECRET: z
    .string()
    .min(32, "must be at least 32 characters; make one with: openssl rand -hex 32")
    .optional(),
  REDRIVE_ADMIN_EMAIL: z.email("must be an e-mail address").default("admin@redrive.local"),
  REDRIVE_ADMIN_PASSWORD: z.string().min(8, "must be at least 8 characters").optional(),
  REDRIVE_DATA_DIR: z.string().min(1).default(".data"),
  REDRIVE_DEMO: flag.default(true),
  REDRIVE_ALLOW_PRIVATE_NETWORKS: flag.default(false),
  /** The module with the application's own adapters, handlers and schedules; read by the worker. */
  REDRIVE_APPLICATION: z.string().optional(),
  /** Connections that the handlers of one worker hold at most, all together. */
  REDRIVE_HANDLER_CONNECTIONS: z.coerce
    .number("must be a number of connections")
    .int("must be a whole number of connections")
    .min(1, "must be at least 1: a handler needs a connection")
    .max(10_000, "must be at most 10000, and well below the server's max_connections")
    .default(30),
  /** Where a worker answers probes; without it, it answers none. */
  REDRIVE_WORKER_PORT: port.optional(),
  /** Slack's signing secret of our app: proves that a press of a button comes from Slack. */
  REDRIVE_SLACK_SIGNING_SECRET: z.string().min(16, "must be the signing secret of the Slack app").optional(),
  /** Where the simulator's API listens; set by `npm start`, read by the simulator's page. */
  REDRIVE_SIMULATOR_URL: z.url({ protocol: /^http$/ }).optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});
export type Env = z.infer<typeof Env>;

/** The environment is missing something, or something in it is malformed. */
export class BadEnvironment extends Error {
  override name = "BadEnvironment";
}

/** @throws BadEnvironment with one sentence for each variable that is wrong; never with a value. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  // An empty variable is an unset one: that is what a compose file with an unset substitution gives.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = Env.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new BadEnvironment(
    parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}.`).join(" "),
  );
}

/**
 * The value of a variable that a role can't do without.
 *
 * @throws BadEnvironment naming the variable.
 */
export function required<Name extends keyof Env>(env: Env, name: Name): NonNullable<Env[Name]> {
  const value = env[name];
  if (value == null) throw new BadEnvironment(`${name} is not set: this process needs it.`);
  return value;
}
