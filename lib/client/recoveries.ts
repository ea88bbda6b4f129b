// Acting by a link from a message.
import { sendJson } from "#lib/client/http.ts";
import type { Recover, Recovered } from "#lib/contract/recovery.ts";

export const recover = (token: string, how: Recover): Promise<Recovered> =>
  sendJson("POST", `/recoveries/${encodeURIComponent(token)}`, how);
