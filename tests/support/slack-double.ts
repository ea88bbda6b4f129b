// Slack for tests: a real HTTP server with the methods that we call, which keeps messages by channel and ts, takes only
// Block Kit that the reference allows, and can be limited, hang, or be down.
//
//   chat.postMessage · chat.update · chat.postEphemeral · views.open · auth.test · and the response URLs of interactions
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Block, blockProblems, type Modal, viewProblems } from "#tests/support/block-kit.ts";

export type SlackText = { text: string; blocks: Block[]; atMs: number };
export type SlackMessage = SlackText & {
  channel: string;
  ts: string;
  /** Everything that it has said so far, the first first. */
  versions: SlackText[];
};
export type SlackCall = {
  method: string;
  body: Record<string, unknown>;
  atMs: number;
  /** As Slack answered: "ok", its error, or what became of the call without an answer. */
  answered: string;
};

/** How Slack is: a number of seconds is a 429 that says so in `Retry-After`. */
export type SlackMood = "well" | "hangs" | "down" | { retryAfterSeconds: number };

export type SlackDouble = {
  /** The base of its methods, as a provider's URL: ends in /api/. */
  url: string;
  /** The bot's token that it takes. */
  token: string;
  /** Ids of the channels that there are; a message to another is refused. */
  channels: Set<string>;
  /** Each as it reads now, in the order in which they were posted. */
  messages: SlackMessage[];
  calls: SlackCall[];
  /** Modals that were opened. */
  views: { triggerId: string; view: Modal }[];
  /** What was answered to response URLs: mostly ephemeral texts. */
  responses: { url: string; body: Record<string, unknown> }[];
  /** From now on it is so. */
  is: (mood: SlackMood) => void;
  /** A trigger id, as a press of a button brings it; good for one view. */
  trigger: () => string;
  /** A response URL, as a press of a button brings it. */
  responseUrl: () => string;
  /** Somebody deletes a message. */
  forget: (message: SlackMessage) => void;
  [Symbol.asyncDispose]: () => Promise<void>;
};

type Body = Record<string, unknown>;
type Verdict = { ok: true; [name: string]: unknown } | { ok: false; error: string; [name: string]: unknown };
const refused = (error: string, more: Body = {}): Verdict => ({ ok: false, error, ...more });

export async function aSlackDouble(channels: string[] = ["C0000001"]): Promise<SlackDouble> {
  const token = "xoxb-double-0123456789";
  const triggers = new Map<string, "fresh" | "used">();
  const calls: SlackCall[] = [];
  const messages: SlackMessage[] = [];
  const known = new Set(channels);
  const views: SlackDouble["views"] = [];
  const responses: SlackDouble["responses"] = [];
  let mood: SlackMood = "well";
  let count = 0;
  const next = () => {
    count += 1;
    return String(count).padStart(6, "0");
  };

  const methods: Record<string, (body: Body) => Verdict> = {
    "auth.test": () => ({
      ok: true,
      url: "https://double.slack.com/",
      team: "Double",
      user: "redrive",
      team_id: "T0000001",
      user_id: "U0000000",
      bot_id: "B0000000",
    }),
    "chat.postMessage": (body) => {
      const wrong = wrongMessage(body, known);
      if (wrong) return wrong;
      const atMs = Date.now();
      const text = { text: String(body.text ?? ""), blocks: (body.blocks ?? []) as Block[], atMs };
      const channel = String(body.channel);
      const ts = `${Math.floor(atMs / 1000)}.${next()}`;
      messages.push({ ...text, channel, ts, versions: [text] });
      return { ok: true, channel, ts, message: { type: "message", ts, ...text } };
    },
    "chat.update": (body) => {
      const wrong = wrongMessage(body, known);
      if (wrong) return wrong;
      const message = messages.find(({ channel, ts }) => channel === body.channel && ts === body.ts);
      if (!message) return refused("message_not_found");
      const text = {
        text: String(body.text ?? ""),
        blocks: (body.blocks ?? []) as Block[],
        atMs: Date.now(),
      };
      Object.assign(message, text);
      message.versions.push(text);
      return { ok: true, channel: message.channel, ts: message.ts, text: text.text };
    },
    "chat.postEphemeral": (body) => {
      if (typeof body.user !== "string") return refused("user_not_in_channel");
      return (
        wrongMessage(body, known) ?? { ok: true, message_ts: `${Math.floor(Date.now() / 1000)}.${next()}` }
      );
    },
    "views.open": (body) => {
      const triggerId = String(body.trigger_id ?? "");
      const state = triggers.get(triggerId);
      if (state === undefined) return refused("invalid_trigger_id");
      if (state === "used") return refused("exchanged_trigger_id");
      const problems = viewProblems(body.view);
      if (problems.length > 0)
        return refused("invalid_arguments", { response_metadata: { messages: problems } });
      triggers.set(triggerId, "used");
      views.push({ triggerId, view: body.view as Modal });
      return { ok: true, view: { id: `V${next()}`, ...(body.view as Modal) } };
    },
  };

  function answerOf(method: string, request: IncomingMessage, body: Body): Verdict {
    const call = methods[method];
    if (!call) return refused("unknown_method");
    const given = request.headers.authorization ?? (body.token === undefined ? "" : `Bearer ${body.token}`);
    if (given === "") return refused("not_authed");
    if (given !== `Bearer ${token}`) return refused("invalid_auth");
    return call(body);
  }

  function receive(request: IncomingMessage, response: ServerResponse, text: string): void {
    const { pathname } = new URL(request.url ?? "/", "http://double");
    const body = bodyOf(request, text);
    const method = pathname.replace(/^\/api\//, "");
    const note = (answered: string) => calls.push({ method, body, atMs: Date.now(), answered });
    if (mood === "hangs") {
      note("hangs");
      return;
    }
    if (mood === "down") {
      note("down");
      request.socket.destroy();
      return;
    }
    if (typeof mood === "object") {
      note("ratelimited");
      response
        .writeHead(429, { "retry-after": String(mood.retryAfterSeconds), "content-type": "application/json" })
        .end(JSON.stringify(refused("ratelimited")));
      return;
    }
    if (pathname.startsWith("/response/")) {
      responses.push({ url: pathname, body });
      response.writeHead(200, { "content-type": "text/plain" }).end("ok");
      return;
    }
    const answer = answerOf(method, request, body);
    note(answer.ok ? "ok" : answer.error);
    response
      .writeHead(200, { "content-type": "application/json; charset=utf-8" })
      .end(JSON.stringify(answer));
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("error", () => {});
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => receive(request, response, Buffer.concat(chunks).toString()));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    url: `${origin}/api/`,
    token,
    channels: known,
    messages,
    calls,
    views,
    responses,
    is(next) {
      mood = next;
      // Who was left hanging is hung up on, as a server that comes back does.
      if (next === "well") server.closeAllConnections();
    },
    trigger() {
      const id = `${next()}.trigger`;
      triggers.set(id, "fresh");
      return id;
    },
    responseUrl: () => `${origin}/response/${next()}`,
    forget(message) {
      messages.splice(messages.indexOf(message), 1);
    },
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** What chat.postMessage and its like refuse a message for, in the order in which Slack looks. */
function wrongMessage(body: Body, channels: ReadonlySet<string>): Verdict | null {
  if (typeof body.channel !== "string" || !channels.has(body.channel)) return refused("channel_not_found");
  const { text, blocks } = body;
  if (blocks !== undefined) {
    const problems = blockProblems(blocks);
    if (problems.length > 0) return refused("invalid_blocks", { response_metadata: { messages: problems } });
  }
  if ((text === undefined || text === "") && (!Array.isArray(blocks) || blocks.length === 0))
    return refused("no_text");
  return typeof text === "string" && text.length > 40_000 ? refused("msg_too_long") : null;
}

/** JSON, or a form whose structured members are JSON, as the SDK sends them. */
function bodyOf(request: IncomingMessage, text: string): Body {
  if (request.headers["content-type"]?.startsWith("application/json")) return JSON.parse(text || "{}");
  return Object.fromEntries(
    [...new URLSearchParams(text)].map(([name, value]) => [
      name,
      /^[[{]/.test(value) ? JSON.parse(value) : value,
    ]),
  );
}
