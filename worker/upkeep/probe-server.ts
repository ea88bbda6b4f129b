// What a worker answers to probes, on a port of its own: `/healthz` whether it is of use, `/readyz` whether it delivers.
// Told from what the watchdog has seen; nothing is asked for a probe.
import { createServer } from "node:http";
import { BadEnvironment } from "#lib/node/env.ts";
import { lagLimitMs, watchEventLoop } from "#lib/node/event-loop.ts";
import type { Vitality } from "#worker/upkeep/watchdog.ts";
import packageJson from "../../package.json" with { type: "json" };

/** Six missed heartbeats: by then nobody counts on us. */
const silentMs = 30_000;

export type ProbeServer = { port: number; stop: () => Promise<void> };

type Answer = { ok: boolean; body: Record<string, unknown> };

/**
 * Listens at all addresses, for whoever probes is seldom on the same machine. So it tells no secret and no record's data:
 * figures, what this process is at, and the names of the providers that it delivers for.
 *
 * @param look null while the worker starts.
 * @throws BadEnvironment when nobody can listen there.
 */
export async function startProbeServer(port: number, look: () => Vitality | null): Promise<ProbeServer> {
  const loop = watchEventLoop();
  const answers: Record<string, () => Answer> = {
    "/healthz": () => health(look(), loop.lagMs()),
    "/readyz": () => readiness(look()),
  };
  const server = createServer((request, response) => {
    const answer = answers[request.url?.split("?")[0] ?? ""];
    if (!answer) return response.writeHead(404).end();
    const { ok, body } = answer();
    response
      .writeHead(ok ? 200 : 503, { "content-type": "application/json", "cache-control": "no-store" })
      .end(JSON.stringify(body));
  });
  await new Promise<void>((listening, refused) => {
    server.once("error", (error) => refused(explained(port, error)));
    server.listen(port, () => listening());
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === "object" ? address.port : port,
    async stop() {
      loop.stop();
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function health(seen: Vitality | null, eventLoopLagMs: number): Answer {
  const { verdict } = seen ?? starting;
  const isVital = verdict.verdict === "well";
  const keepsUp = eventLoopLagMs < lagLimitMs;
  const ok = isVital && keepsUp;
  return {
    ok,
    body: {
      status: ok ? "ok" : "ill",
      pid: process.pid,
      uptimeSeconds: Math.floor(process.uptime()),
      eventLoopLagMs,
      version: packageJson.version,
      checks: [
        { name: "vitality", ok: isVital, says: isVital ? "It is of use." : `It ends: ${verdict.why}.` },
        { name: "event loop", ok: keepsUp, says: `One turn in a hundred comes ${eventLoopLagMs} ms late.` },
      ],
    },
  };
}

const starting: Pick<Vitality, "verdict"> = { verdict: { verdict: "well" } };

function readiness(seen: Vitality | null): Answer {
  if (seen === null) {
    return { ok: false, body: { status: "not ready", reasons: ["It is starting."], checks: [] } };
  }
  const { heartbeatAgeMs, database, drains } = seen;
  const checks = [
    {
      name: "database",
      ok: database.reachable && database.answeredAgoMs < silentMs,
      says: `The database answered ${seconds(database.answeredAgoMs)} ago${database.reachable ? "" : ", and can't be reached now"}.`,
    },
    {
      name: "heartbeat",
      ok: heartbeatAgeMs < silentMs,
      says: `The heartbeat was written ${seconds(heartbeatAgeMs)} ago.`,
    },
    {
      name: "drains",
      ok: true,
      says: drains.length === 0 ? "It delivers for nobody now." : `It delivers for ${named(drains)}.`,
    },
  ];
  const reasons = checks.filter(({ ok }) => !ok).map(({ says }) => says);
  return {
    ok: reasons.length === 0,
    body: { status: reasons.length === 0 ? "ready" : "not ready", reasons, checks },
  };
}

const seconds = (ms: number): string => `${Math.floor(ms / 1_000)} s`;
const named = (drains: Vitality["drains"]): string => drains.map(({ provider }) => provider).join(", ");

function explained(port: number, error: Error): Error {
  if (!("code" in error) || (error.code !== "EADDRINUSE" && error.code !== "EACCES")) return error;
  const why = error.code === "EACCES" ? "needs a right that this user does not have" : "is in use";
  return new BadEnvironment(`REDRIVE_WORKER_PORT: port ${port} ${why}; choose another.`);
}
