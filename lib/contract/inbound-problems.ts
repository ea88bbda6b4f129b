// What the parts of a source must fulfil beside each other. Pure.
import type { CreateInboundSource } from "#lib/contract/inbound.ts";
import type { InboundKind, InboundOptions } from "#lib/core/inbound/kinds.ts";

type Problem = { field: string; message: string };

const withOptions = ["hmac", "basic", "token"] as const;

/** Options that the kind lacks, or has no use for. */
export function optionProblems(kind: InboundKind, options: InboundOptions): Problem[] {
  return withOptions.flatMap((name) => {
    const [isGiven, isWanted] = [options[name] !== undefined, kind === name];
    if (isGiven === isWanted) return [];
    const message = isWanted
      ? `must be given for the kind ${kind}`
      : `is not for the kind ${kind}; leave it out`;
    return [{ field: `options.${name}`, message }];
  });
}

/**
 * A content of which the same text can be cut in two ways: of `{timestamp}{body}`, digits can move from the body to the time and
 * make a recording fresh. Stored ones stay as they are, so it is looked at only when it is given or changed.
 */
export function contentProblems({ hmac }: InboundOptions, stored: InboundOptions = {}): Problem[] {
  if (!hmac || hmac.content === stored.hmac?.content) return [];
  const [before = "", after = ""] = hmac.content.split("{body}");
  const beside = [before.split("{timestamp}").slice(1).at(-1), after.split("{timestamp}").slice(0, -1).at(0)];
  if (!beside.some((between) => between !== undefined && /^\d*$/.test(between))) return [];
  const message =
    "must have a sign that is no digit between {timestamp} and {body}, like {timestamp}.{body}: digits could move from one to the other under the same signature";
  return [{ field: "options.hmac.content", message }];
}

/** Secrets that this kind can't be checked with. */
export function secretProblems(
  kind: InboundKind,
  secrets: CreateInboundSource["secrets"],
  field = "secrets",
): Problem[] {
  if (kind !== "standard_webhooks") return [];
  const message =
    "must be 24 to 64 bytes in base64, with or without whsec_ before them; make one with: openssl rand -base64 32";
  return secrets.flatMap(({ secret }, nth) =>
    isBase64Key(secret) ? [] : [{ field: field === "secrets" ? `secrets.${nth}` : field, message }],
  );
}

function isBase64Key(text: string): boolean {
  const [, digits = "", padding = ""] = /^(?:whsec_)?([A-Za-z0-9+/]*)(={0,2})$/.exec(text) ?? [];
  const isWhole = digits.length % 4 !== 1 && (padding === "" || (digits + padding).length % 4 === 0);
  const bytes = Math.floor((digits.length * 3) / 4);
  return isWhole && bytes >= 24 && bytes <= 64;
}
