// What this dashboard's process knows of itself. The database is not asked: its trouble must restart no dashboard.
import { type EventLoop, lagLimitMs, watchEventLoop } from "#lib/node/event-loop.ts";
import packageJson from "../../package.json" with { type: "json" };

// On globalThis: Next bundles each route apart, and one process has one event loop.
const home = globalThis as typeof globalThis & { redriveEventLoop?: EventLoop };

function eventLoop(): EventLoop {
  home.redriveEventLoop ??= watchEventLoop();
  return home.redriveEventLoop;
}

export type Liveness = {
  status: "ok" | "ill";
  pid: number;
  uptimeSeconds: number;
  eventLoopLagMs: number;
  version: string;
  checks: { name: string; ok: boolean; says: string }[];
};

export function liveness(lagMs: number = eventLoop().lagMs()): Liveness {
  const ok = lagMs < lagLimitMs;
  const says = `One turn in a hundred comes ${lagMs} ms late${ok ? "" : `, and ${lagLimitMs} ms are too much`}.`;
  return {
    status: ok ? "ok" : "ill",
    pid: process.pid,
    uptimeSeconds: Math.floor(process.uptime()),
    eventLoopLagMs: lagMs,
    version: packageJson.version,
    checks: [{ name: "event loop", ok, says }],
  };
}
