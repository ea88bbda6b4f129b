import { expect, test } from "vitest";
import { anHttpAdapter, aRecord, aReply, headersOf, moment } from "./support.ts";

const url = "https://slack.com/api/chat.postMessage";
const slack = anHttpAdapter("slack", { url });

test("a payload that names its channel goes byte for byte", () => {
  const payload = '{"channel": "C1", "text": "hi <@U1>"}';
  const request = anHttpAdapter("slack", { url, options: { channel: "C2" } }).build(
    aRecord({}, { payload }),
    moment,
  );
  expect(request).toMatchObject({ method: "POST", path: "/api/chat.postMessage", body: payload });
  expect(headersOf(request)).toMatchObject({ "content-type": "application/json; charset=utf-8" });
});

test("one without a channel goes to the policy's", () => {
  const { build } = anHttpAdapter("slack", { url, options: { channel: '#a"b' } });
  expect(JSON.parse(build(aRecord({ text: "hi" }), moment).body ?? "")).toEqual({
    channel: '#a"b',
    text: "hi",
  });
  expect(JSON.parse(build(aRecord({}), moment).body ?? "")).toEqual({ channel: '#a"b' });
});

test("a payload that is no object is the record's fault", () => {
  expect(() => slack.build(aRecord(["hi"]), moment)).toThrow("the payload must be a JSON object");
});

test.each([
  ["ratelimited", "throttled"],
  ["invalid_auth", "unauthorized"],
  ["not_authed", "unauthorized"],
  ["token_revoked", "unauthorized"],
  ["account_inactive", "unauthorized"],
  ["channel_not_found", "invalid"],
  ["not_in_channel", "invalid"],
  ["is_archived", "invalid"],
  ["invalid_blocks", "invalid"],
  ["msg_too_long", "invalid"],
  ["no_text", "invalid"],
  ["internal_error", "unavailable"],
  ["constructor", "unavailable"],
])("200 with the error %s is %s", (error, outcome) => {
  expect(slack.read?.(aReply(200, { ok: false, error }), aRecord())).toEqual({
    outcome,
    error: `Slack: ${error}`,
  });
});

test("an answer that is ok, and a status that says it all, are left to the usual rules", () => {
  expect(slack.read?.(aReply(200, { ok: true, ts: "1" }), aRecord())).toEqual({});
  expect(slack.read?.(aReply(200, "ok"), aRecord())).toEqual({});
  expect(slack.read?.(aReply(429, { ok: false, error: "ratelimited" }), aRecord())).toEqual({});
});

test.each(["<html>proxy</html>", "[]", "null", "7", ""])("200 with %j is not Slack's answer", (body) => {
  expect(slack.read?.(aReply(200, body), aRecord())?.outcome).toBe("unexpected");
});

test.each([
  ["https://slack.com/api/chat.postMessage"],
  ["https://slack.com/api/"],
  ["https://slack.com/api"],
])("at %s a payload's method chooses what is called, and is not sent along", (url) => {
  const { build } = anHttpAdapter("slack", { url });
  expect(build(aRecord({ channel: "C1", text: "hi" }), moment)).toMatchObject({
    path: "/api/chat.postMessage",
  });
  const update = build(aRecord({ method: "chat.update", channel: "C1", ts: "1.2", text: "hi" }), moment);
  expect(update).toMatchObject({
    path: "/api/chat.update",
    body: '{"channel":"C1","ts":"1.2","text":"hi"}',
  });
});

test("a method that is not for messages is refused, and an incoming webhook changes none", () => {
  const update = { method: "chat.update", channel: "C1", ts: "1.2", text: "hi" };
  expect(() => slack.build(aRecord({ ...update, method: "admin.users.remove" }), moment)).toThrow(
    "method: must be chat.postMessage or chat.update",
  );
  const hook = anHttpAdapter("slack", { url: "https://hooks.slack.com/services/T1/B1/x" });
  expect(hook.build(aRecord({ text: "hi" }), moment)).toMatchObject({ path: "/services/T1/B1/x" });
  expect(() => hook.build(aRecord(update), moment)).toThrow("method: an incoming webhook can't change");
});
