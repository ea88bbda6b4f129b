// Mail servers for tests: a real one that keeps what it gets, and ones that speak as a test says.
import { createServer, type Server, type Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export type Mail = { user: unknown; from: string; to: string[]; text: string };
export type MailServer = { url: string; got: Mail[]; [Symbol.asyncDispose]: () => Promise<void> };

/** Without TLS, for what is said is a test's. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const got: Mail[] = [];
  const server = new SMTPServer({
    hideSTARTTLS: true,
    authOptional: true,
    closeTimeout: 100,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        got.push({
          user: session.user,
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => {});
  return {
    url: `smtp://127.0.0.1:${await listening(server.listen(0, "127.0.0.1"))}`,
    got,
    [Symbol.asyncDispose]: () => new Promise((done) => server.close(() => done())),
  };
}

/** What a server says to a line; to null, when somebody has connected. */
export type Speak = (say: (line: string) => void, line: string | null) => void;

export const greetsAndHangs: Speak = (say, line) => line ?? say("220 mail.example ESMTP");

/** A server that speaks as the test says. */
export async function startSpeaking(
  speak: Speak,
): Promise<{ url: string; [Symbol.asyncDispose]: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    const say = (line: string) => socket.write(`${line}\r\n`);
    speak(say, null);
    socket.on("data", (chunk) => {
      for (const line of chunk.toString().split("\r\n").slice(0, -1)) speak(say, line);
    });
  });
  return {
    url: `smtp://127.0.0.1:${await listening(server.listen(0, "127.0.0.1"))}`,
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
}

/** The port, once it listens. */
export function listening(server: Server): Promise<number> {
  return new Promise((done) => {
    server.once("listening", () => {
      const address = server.address();
      done(address !== null && typeof address === "object" ? address.port : 0);
    });
  });
}
