// Why a call is turned down, in words for whoever set its sender up.
import type { IncomingMessage } from "node:http";
import { PostgresError } from "#db/client.ts";
import { type Refusing, retryAfter } from "#lib/inbound/replies.ts";
import type { Source } from "#lib/inbound/sources.ts";

export const nothingHere = ({ method }: IncomingMessage): Refusing => ({
  code: "not_found",
  detail:
    method === "POST"
      ? "There is no source of webhooks at this address; mend its name, or make it in the settings."
      : "Webhooks are taken with POST.",
});

export const disabled: Refusing = {
  code: "unavailable",
  detail: "This source is switched off; nothing is stored. Try again later.",
  headers: ["retry-after", retryAfter.disabled],
};
export const busy: Refusing = {
  code: "rate_limited",
  detail: "Too many calls wait to be stored; this one is not. Try again soon.",
  headers: ["retry-after", retryAfter.busy],
};
export const notStored: Refusing = {
  code: "unavailable",
  detail: "This call could not be stored. Try again soon.",
  headers: ["retry-after", retryAfter.notStored],
};

/** The same for every reason: it helps a sender that is set up wrongly, and nobody else. */
export const notGenuine = (kind: Source["kind"]): Refusing => ({
  code: "unauthenticated",
  detail:
    kind === "basic" || kind === "token"
      ? "This call is not taken for the sender's. Check the user, password or token that it sends."
      : "This call is not taken for the sender's. Check the secret that it is signed with, that its body is signed as it is sent, and the sender's clock.",
  headers: ["www-authenticate", kind === "basic" ? 'Basic realm="redrive"' : 'Signature realm="redrive"'],
});

const tooSlow: Refusing = {
  code: "too_slow",
  detail:
    "The body came too slowly, and is not stored. Send it again, without a pause and at 16 KiB a second or more.",
  headers: ["connection", "close"],
};

export function refusingOf(
  { kind }: { kind: "too_large" | "too_slow" | "no_room" },
  { bytesMax }: Source,
): Refusing {
  switch (kind) {
    case "no_room":
      return busy;
    case "too_slow":
      return tooSlow;
    case "too_large":
      return {
        code: "payload_too_large",
        detail: `The body is over the limit of this source, ${bytesMax} bytes.`,
      };
  }
}

/**
 * 22: a value that can't be held, 54: too large or too deep, 23502: one is missing, 23514: one breaks a check of the outbox's
 * own. Any other is not the call's fault: a partition that is attached while a row is on its way to the default one raises 23514 as
 * well, and the same row is stored a moment later.
 */
export const isAboutTheRow = (error: unknown): boolean =>
  error instanceof PostgresError &&
  (/^(22|54|23502)/.test(error.code) ||
    (error.code === "23514" && error.constraint_name?.startsWith(outboxChecks) === true));

/** What the names of the checks in `outbox_inserted` begin with. */
const outboxChecks = "outbox_";

export function refusingRow(error: unknown): Refusing {
  const isTooLarge = error instanceof PostgresError && error.code === "54000";
  return isTooLarge
    ? {
        code: "payload_too_large",
        detail: "The payload is over the limit of 1 MiB (1048576 bytes) as it is stored.",
      }
    : {
        code: "invalid_input",
        detail:
          "The body holds a value that cannot be stored, such as a NUL character or half of a surrogate pair in a text.",
      };
}
