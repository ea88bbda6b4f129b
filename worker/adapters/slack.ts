// Slack's chat.postMessage and chat.update. Slack says 200 to nearly everything; what it means stands in the body.
// The token is the provider's auth: { "kind": "header", "name": "Authorization", "value": "Bearer xoxb-…" }.
//
//   https://slack.com/api/                    a payload's `method` chooses, chat.postMessage where it names none
//   https://slack.com/api/chat.postMessage    the same, as it was written first
//   https://hooks.slack.com/services/…        an incoming webhook: it posts, and can change nothing
import { z } from "zod";
import type { Outcome } from "#lib/core/outcome.ts";
import { BadPayload, defineAdapter, type Reading, type ResponseReply } from "#worker/adapters/adapter.ts";
import { contractHeaders } from "#worker/adapters/contract-headers.ts";
import { type ExactObject, objectIn } from "#worker/adapters/payload.ts";

const methods = ["chat.postMessage", "chat.update"];

export const slack = defineAdapter({
  /** `channel`: where a message goes whose payload names none. */
  options: z.strictObject({ channel: z.string().min(1).max(100).optional() }),
  create({ policy: { url }, options, proofNames }) {
    const { pathname, search } = new URL(url);
    const base = /^(.*\/)(?:chat\.postMessage)?$/.exec(pathname.replace(/\/api$/, "/api/"))?.[1] ?? null;
    const headers = contractHeaders(proofNames, ["content-type", "application/json; charset=utf-8"]);
    const channel = options.channel === undefined ? null : JSON.stringify(options.channel);
    return {
      kind: "http",
      build(record, moment) {
        const members = objectIn(record.payload);
        const path = base === null ? hookPath(members, pathname) : `${base}${methodOf(members)}`;
        const body = withChannel(withoutMethod(record.payload, members), members, channel);
        return { method: "POST", path: path + search, headers: headers(record, moment), body };
      },
      read: readReply,
    };
  },
});

function methodOf({ method = "chat.postMessage" }: ExactObject): string {
  if (typeof method === "string" && methods.includes(method)) return method;
  throw new BadPayload(`method: must be ${methods.join(" or ")}`);
}

function hookPath(members: ExactObject, pathname: string): string {
  if (methodOf(members) === "chat.postMessage") return pathname;
  throw new BadPayload(
    "method: an incoming webhook can't change a message; give the provider Slack's API as its URL",
  );
}

/** The payload as it is, byte for byte, where it names no method. */
function withoutMethod(payload: string, members: ExactObject): string {
  if (!Object.hasOwn(members, "method")) return payload;
  const { method: _, ...others } = members;
  return JSON.stringify(others);
}

/** With a channel put first where there is none. */
function withChannel(payload: string, members: ExactObject, channel: string | null): string {
  if (channel === null || Object.hasOwn(members, "channel")) return payload;
  const rest = payload.slice(payload.indexOf("{") + 1);
  return `{"channel": ${channel}${/^\s*\}/.test(rest) ? "" : ", "}${rest}`;
}

function readReply({ status, body }: ResponseReply): Reading {
  if (status !== 200) return {};
  const answer = answerIn(body);
  if (answer === null) return { outcome: "unexpected", error: "200: the answer is not Slack's" };
  if (answer.ok === true) return {};
  const code = typeof answer.error === "string" ? answer.error.slice(0, 100) : "an error without a name";
  return { outcome: meanings.get(code) ?? "unavailable", error: `Slack: ${code}` };
}

function answerIn(body: string): { ok?: unknown; error?: unknown } | null {
  // An incoming webhook's URL answers with this word.
  if (body.trim() === "ok") return { ok: true };
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null && "ok" in parsed ? parsed : null;
  } catch {
    return null;
  }
}

const codes: Partial<Record<Outcome, string[]>> = {
  throttled: ["ratelimited", "rate_limited", "message_limit_exceeded"],
  unauthorized: [
    "account_inactive",
    "ekm_access_denied",
    "invalid_auth",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "token_expired",
    "token_revoked",
  ],
  invalid: [
    "cannot_reply_to_message",
    "cant_update_message",
    "channel_not_found",
    "edit_window_closed",
    "invalid_arguments",
    "invalid_attachments",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_metadata_format",
    "is_archived",
    "message_not_found",
    "metadata_too_large",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "not_in_channel",
    "restricted_action",
    "too_many_attachments",
  ],
};
const meanings = new Map(
  Object.entries(codes).flatMap(([outcome, list]) => list.map((code) => [code, outcome as Outcome])),
);
