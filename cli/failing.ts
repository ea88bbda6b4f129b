// What went wrong, as a sentence for the terminal and as a number for scripts.

import { Interrupted } from "#cli/ending.ts";
import { type ExitCode, exitCodes } from "#cli/exit-codes.ts";
import { plain } from "#cli/output.ts";
import { RedriveError } from "#clients/client.ts";

/** The command is not one that can be carried out as it was typed. */
export class BadUsage extends Error {
  override name = "BadUsage";
}

const ofCode: Record<string, ExitCode> = {
  unreachable: exitCodes.unreachable,
  timeout: exitCodes.unreachable,
  not_an_api: exitCodes.unreachable,
  unavailable: exitCodes.unreachable,
  rate_limited: exitCodes.unreachable,
  unauthenticated: exitCodes.notAllowed,
  forbidden: exitCodes.notAllowed,
  bad_settings: exitCodes.usage,
};

export const exitCodeOf = (error: unknown): ExitCode => {
  if (error instanceof BadUsage) return exitCodes.usage;
  if (error instanceof Interrupted) return exitCodes.interrupted;
  return error instanceof RedriveError ? (ofCode[error.code] ?? exitCodes.refused) : exitCodes.refused;
};

/** Whether the next request would meet the same: there is no point in going on. A refusal that names a field is of one alone. */
export const isForAll = (error: unknown): boolean => {
  if (error instanceof RedriveError && (error.problem?.errors ?? []).length > 0) return false;
  const code = exitCodeOf(error);
  return code === exitCodes.unreachable || code === exitCodes.notAllowed || code === exitCodes.interrupted;
};

/** One sentence, without a sign that a terminal obeys; the stack only for what nobody foresaw. */
export const sentenceOf = (error: unknown): string => said(error).split("\n").map(plain).join("\n");

function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof BadUsage || error instanceof Interrupted) return error.message;
  if (!(error instanceof RedriveError)) return error.stack ?? error.message;
  if (error.code === "unauthenticated") return `${error.message} The key is that of REDRIVE_API_KEY.`;
  if (error.code === "bad_settings")
    return error.message.replace(/^(url|key): /, (_, name) => settings[name] ?? "");
  return error.message;
}

const settings: Record<string, string> = { url: "REDRIVE_URL, or --url: ", key: "REDRIVE_API_KEY: " };
