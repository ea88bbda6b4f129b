// Calls of the front door as bytes on a connection, for what no HTTP client would send.
import { connect, type Socket } from "node:net";
import { receiveWebhook } from "#lib/contract/operations/outside.ts";
import { holdToContract } from "#tests/support/contract.ts";

export type Raw = {
  socket: Socket;
  /** All that comes back until the connection ends; each answer to a webhook is as the API's description has it. */
  read: Promise<string>;
};

export function aSocket(port: number): Promise<Raw> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    const read = new Promise<string>((end) => {
      socket.on("data", (chunk) => {
        text += chunk.toString("latin1");
      });
      socket.once("close", () => end(text));
    }).then(heldToContract);
    // The server cuts it off: that is what is looked at.
    socket.on("error", () => {});
    socket.once("connect", () => done({ socket, read }));
  });
}

export type RawAnswer = { status: number; headers: Headers; text: string };

/** The answers in what came back on a connection, one after another. */
export function answersIn(read: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = read; rest !== ""; ) {
    const top = rest.slice(0, rest.indexOf("\r\n\r\n"));
    const [line = "", ...fields] = top.split("\r\n");
    const headers = new Headers(fields.map((field): [string, string] => [before(field), after(field)]));
    // Node says 100 by itself to whoever expects it; no body follows.
    const end = top.length + 4 + Number(headers.get("content-length") ?? 0);
    const text = Buffer.from(rest.slice(top.length + 4, end), "latin1").toString();
    answers.push({ status: Number(line.slice(9, 12)), headers, text });
    rest = rest.slice(end);
  }
  return answers;
}

const before = (field: string) => field.slice(0, field.indexOf(":"));
const after = (field: string) => field.slice(field.indexOf(":") + 1).trim();

/** Node's own answers, to what is no HTTP or came too late for any operation, have no body, and are not held. */
function heldToContract(read: string): string {
  for (const { headers, text, status } of answersIn(read)) {
    if (headers.has("content-type")) holdToContract({ operation: receiveWebhook }, { status, headers }, text);
  }
  return read;
}
