import { createServer } from "node:net";
import { CannotStart } from "#bin/exit.ts";

/** A port on 127.0.0.1 that nobody listens on: `preferred` when it is free, else any. */
export async function freePort(preferred = 0): Promise<number> {
  const port = await tryPort(preferred).catch(() => tryPort(0));
  if (port === null) throw new Error("no free port");
  return port;
}

/** @throws CannotStart when the dashboard could not listen on `port`. */
export async function refuseTakenPort(port: number): Promise<void> {
  // At all addresses, as the dashboard does.
  await tryPort(port, "0.0.0.0").catch((error) => {
    throw explainPort(port, error);
  });
}

/** What to do about a port that can't be listened on; an error of another kind as it is. */
export function explainPort(port: number, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "EADDRINUSE")
    return new CannotStart(
      `Port ${port} is in use: stop what listens there, or choose another, like PORT=${port < 65_535 ? port + 1 : 3000}.`,
    );
  if (code === "EACCES")
    return new CannotStart(
      `Port ${port} needs a right that this user does not have: choose one from 1024 on, like PORT=3000.`,
    );
  return error;
}

function tryPort(port: number, host = "127.0.0.1"): Promise<number | null> {
  return new Promise((done, refused) => {
    const server = createServer();
    server.once("error", refused);
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => done(address !== null && typeof address === "object" ? address.port : null));
    });
  });
}
