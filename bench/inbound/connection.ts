// One connection of a caller: a request at a time, over a bare socket, for a whole HTTP client would be measured as well.
import { connect, type Socket } from "node:net";

export type Answer = {
  /** 0 when the connection broke before there was one. */
  status: number;
};

export type Connection = {
  send: (request: string, done: (answer: Answer) => void) => void;
  close: () => void;
};

/** Connects anew by itself when it has to. */
export function aConnection(port: number): Connection {
  let socket: Socket | null = null;
  let waiting: ((answer: Answer) => void) | null = null;
  let read = "";

  const answer = (status: number) => {
    const done = waiting;
    waiting = null;
    read = "";
    done?.({ status });
  };
  const open = (): Socket => {
    const fresh = connect(port, "127.0.0.1");
    fresh.setNoDelay(true);
    fresh.on("data", (chunk: Buffer) => {
      const text = chunk.toString("latin1");
      read = read === "" ? text : read + text;
      if (isWhole(read)) answer(Number(read.slice(9, 12)));
    });
    const lost = () => {
      if (socket === fresh) socket = null;
      answer(0);
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

/** Every answer here ends with the brace of its JSON, and none has another line that does. */
const isWhole = (text: string): boolean => text.endsWith("}") && text.includes("\r\n\r\n");
