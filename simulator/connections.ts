// A provider's connections, as its own side counts them: what tells a kept-alive pool from a new socket for each request.
import type { Socket } from "node:net";

export type Connections = { open: Set<Socket>; peak: number; opened: number };

export const noConnections = (): Connections => ({ open: new Set(), peak: 0, opened: 0 });

/** A client may use one socket for several providers: it ends for all of them at once. */
const countedBy = new WeakMap<Socket, Connections[]>();

/** A request came by this socket, maybe as its first. */
export function noteConnection(connections: Connections, socket: Socket): void {
  if (connections.open.has(socket)) return;
  connections.open.add(socket);
  connections.opened++;
  connections.peak = Math.max(connections.peak, connections.open.size);
  const counting = countedBy.get(socket);
  if (counting) {
    counting.push(connections);
    return;
  }
  const first = [connections];
  countedBy.set(socket, first);
  socket.once("close", () => {
    for (const { open } of first) open.delete(socket);
  });
}

/** Counts anew; what is open now stays open. */
export function recount(connections: Connections): void {
  connections.peak = connections.open.size;
  connections.opened = 0;
}
