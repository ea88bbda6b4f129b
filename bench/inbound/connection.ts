// One connection of a caller: a request at a time, over a bare socket, for a whole HTTP client would be measured as well. What it
// takes of the cores it takes from the server: so answers are all read into the same bytes, and no further than is needed.
import { connect, type Socket } from "node:net";

export type Answer = {
  /** 0 when the connection broke before there was one. */
  status: number;
};

export type Connection = {
  send: (request: string, done: (answer: Answer) => void) => void;
  close: () => void;
};

/** Of an answer, `HTTP/1.1 202`: the digits of its status. */
const statusAt = 9;
const statusDigits = 3;
/** Every answer here ends with an object of JSON that holds no other. */
const lastByte = "}".charCodeAt(0);
const answerBytesMax = 4_096;

/** Connects anew by itself when it has to. */
export function aConnection(port: number): Connection {
  let socket: Socket | null = null;
  let waiting: ((answer: Answer) => void) | null = null;
  let status = 0;
  const buffer = Buffer.allocUnsafe(answerBytesMax);

  const settle = () => {
    const answer = { status };
    const done = waiting;
    waiting = null;
    status = 0;
    done?.(answer);
  };
  const read = (bytes: number): boolean => {
    if (status === 0) status = statusIn(buffer, bytes);
    if (buffer[bytes - 1] === lastByte) settle();
    return true;
  };
  const open = (): Socket => {
    const fresh = connect({ port, host: "127.0.0.1", noDelay: true, onread: { buffer, callback: read } });
    const lost = () => {
      if (socket === fresh) socket = null;
      status = 0;
      settle();
    };
    fresh.once("error", lost);
    fresh.once("close", lost);
    return fresh;
  };
  return {
    send(request, done) {
      waiting = done;
      socket ??= open();
      socket.write(request, "latin1");
    },
    close() {
      socket?.destroy();
    },
  };
}

function statusIn(answer: Buffer, bytes: number): number {
  const end = statusAt + statusDigits;
  if (bytes < end) throw new Error("an answer's first piece ends before its status");
  return Number(answer.toString("latin1", statusAt, end));
}
