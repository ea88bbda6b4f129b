// One message to one mail server over a connection of its own. What a server can do is a value; nothing here throws.
import { once } from "node:events";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { Readable } from "node:stream";
import { connect as connectTls } from "node:tls";
import { getSystemErrorName } from "node:util";
import SMTPConnection from "nodemailer/lib/smtp-connection/index.js";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import type { Reply } from "#lib/core/reply.ts";
import { AddressRefused, guardedLookup, isPrivateAddress } from "#lib/node/address-guard.ts";

export type MailServer = {
  host: string;
  port: number;
  /** TLS from the first byte. */
  secure: boolean;
  requireTls: boolean;
  credentials: { user: string; password: string } | null;
  allowPrivate: boolean;
  timeoutMs: ProviderPolicy["timeoutMs"];
};

type Envelope = { from: string | false; to: string[] };
type Progress = { startedMs: number; connected: boolean; sent: boolean };

/** @param signal the message's deadline; what is open then is cut. */
export async function sendMail(
  server: MailServer,
  envelope: Envelope,
  message: Buffer,
  signal: AbortSignal,
): Promise<Reply> {
  const progress: Progress = { startedMs: performance.now(), connected: false, sent: false };
  let socket: Socket | null = null;
  const cut = () => socket?.destroy(new OutOfTime());
  try {
    socket = openSocket(server);
    signal.addEventListener("abort", cut, { once: true });
    if (signal.aborted) cut();
    await connected(socket, server);
    progress.connected = true;
    const info = await converse(server, socket, envelope, message, progress);
    return answered(info.response, "DATA", info.rejected);
  } catch (error) {
    socket?.destroy();
    return replyOf(signal.aborted ? new OutOfTime() : error, progress);
  } finally {
    signal.removeEventListener("abort", cut);
  }
}

/** Our own deadline, of the connection or of the whole. */
class OutOfTime extends Error {}

function openSocket({ host, port, secure, allowPrivate }: MailServer): Socket {
  // A literal address is never looked up, so the look-up can't refuse it.
  if (!allowPrivate && isIP(host) !== 0 && isPrivateAddress(host)) throw new AddressRefused(host);
  const options = { host, port, ...(allowPrivate ? {} : { lookup: guardedLookup }) };
  const socket = secure
    ? connectTls({ ...options, ...(isIP(host) === 0 ? { servername: host } : {}) })
    : connectPlain(options);
  // An error after the last step has nobody to tell, and would end the process.
  socket.on("error", () => {});
  return socket;
}

async function connected(socket: Socket, { secure, allowPrivate, timeoutMs }: MailServer): Promise<void> {
  const timer = setTimeout(() => socket.destroy(new OutOfTime()), timeoutMs.connect);
  try {
    await once(socket, secure ? "secureConnect" : "connect");
  } finally {
    clearTimeout(timer);
  }
  const address = socket.remoteAddress;
  if (!allowPrivate && (address === undefined || isPrivateAddress(address))) {
    throw new AddressRefused(address ?? "of the socket");
  }
}

async function converse(
  server: MailServer,
  socket: Socket,
  envelope: Envelope,
  message: Buffer,
  progress: Progress,
): Promise<SMTPConnection.SentMessageInfo> {
  const connection = new SMTPConnection({
    connection: socket,
    host: server.host,
    port: server.port,
    secure: server.secure,
    secured: server.secure,
    requireTLS: server.requireTls,
    greetingTimeout: server.timeoutMs.headers,
    socketTimeout: server.timeoutMs.headers,
  });
  const broken = new Promise<never>((_, reject) => {
    connection.on("error", reject);
    connection.on("end", () => reject(new Error("Connection closed unexpectedly")));
  });
  const step = <T>(run: (done: (error?: Error | null, value?: T) => void) => void): Promise<T> =>
    Promise.race([
      broken,
      new Promise<T>((resolve, reject) =>
        run((error, value) => (error ? reject(error) : resolve(value as T))),
      ),
    ]);
  await step((done) => connection.connect(done));
  if (server.credentials) {
    const { user, password } = server.credentials;
    await step((done) => connection.login({ user, pass: password }, done));
  }
  const size = message.length;
  const info = await step<SMTPConnection.SentMessageInfo>((done) =>
    connection.send({ ...envelope, size }, watched(message, progress), done),
  );
  connection.quit();
  connection._socket.destroySoon();
  return info;
}

/** The message, read when the server has asked for it: from then on it may have arrived. */
function watched(message: Buffer, progress: Progress): Readable {
  return Readable.from(
    (function* () {
      progress.sent = true;
      yield message;
    })(),
  );
}

function replyOf(error: unknown, progress: Progress): Reply {
  const { connected, sent } = progress;
  const afterMs = Math.round(performance.now() - progress.startedMs);
  if (error instanceof OutOfTime) {
    return { kind: "timeout", phase: connected ? "total" : "connect", sent, afterMs };
  }
  if (error instanceof AddressRefused) return { kind: "refused", why: error.message };
  const failure = error as SMTPConnection.SMTPError;
  if (failure.responseCode !== undefined && failure.response !== undefined) {
    return answered(failure.response, failure.command ?? "");
  }
  switch (failure.code) {
    case "ETIMEDOUT":
      return { kind: "timeout", phase: connected ? "headers" : "connect", sent, afterMs };
    case "EAUTH":
      return answered(`535 ${failure.message}`, "AUTH");
    case "EMESSAGE":
      // Larger than the server said it takes.
      return answered(`552 ${failure.message}`, "MAIL FROM");
    default:
      return { kind: "network", code: codeOf(failure), message: failure.message, sent };
  }
}

/** nodemailer writes its own code over the system's, which people know. */
const codeOf = ({ errno, code }: NodeJS.ErrnoException): string =>
  errno === undefined || errno >= 0 ? (code ?? "UNKNOWN") : getSystemErrorName(errno);

/** @param command what it answers; `rejected` are recipients that were refused while others were taken. */
function answered(response: string, command: string, rejected: string[] = []): Reply {
  const refused = rejected.length === 0 ? "" : `\nrefused: ${rejected.join(", ")}`;
  return {
    kind: "response",
    status: Number.parseInt(response, 10) || 0,
    headers: { "smtp-command": command },
    body: response + refused,
    truncated: false,
  };
}
