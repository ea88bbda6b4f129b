// One log line a fact, as JSON; the supervisor prefixes it with the process's name.
import pino, { type Logger } from "pino";

export type Log = Logger;

/** A logger that says which process speaks. Values under names of secrets are never written. */
export function createLog(name: string, level = process.env.LOG_LEVEL ?? "info"): Log {
  return pino({
    name,
    level,
    base: { pid: process.pid },
    redact: {
      paths: ["*.authorization", "*.password", "*.secret", "*.token", "*.value"],
      censor: "[hidden]",
    },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}
