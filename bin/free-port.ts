import { createServer } from "node:net";

/** A port on 127.0.0.1 that nobody listens on: `preferred` when it is free, else any. */
export async function freePort(preferred = 0): Promise<number> {
  return (await tryPort(preferred)) ?? (await tryPort(0)) ?? Promise.reject(new Error("no free port"));
}

/** Whether `port` can be listened on at all addresses, as the dashboard does. */
export async function isFree(port: number): Promise<boolean> {
  return (await tryPort(port, "0.0.0.0")) !== null;
}

function tryPort(port: number, host = "127.0.0.1"): Promise<number | null> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(null));
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => done(address !== null && typeof address === "object" ? address.port : null));
    });
  });
}
