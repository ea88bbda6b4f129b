// Guards the event loop from outside it: a thread that expects a beat from the main thread, and kills the process when
// none has come for too long. Busy code can't be interrupted from within, and it keeps leases and sockets that others need.
import { write } from "node:fs";
import { workerData } from "node:worker_threads";
import { judgeLoop } from "#lib/core/vitality.ts";

export type GuardGiven = {
  /** One number, which the main thread keeps adding to. */
  beats: SharedArrayBuffer;
  everyMs: number;
  silentMs: number;
  /** Who speaks in the log line. */
  name: string;
};

const { beats, everyMs, silentMs, name }: GuardGiven = workerData;
const beat = new Int32Array(beats);

let known = Atomics.load(beat, 0);
let heardAtMs = performance.now();
let turnAtMs = heardAtMs;
let isOver = false;

setInterval(() => {
  const nowMs = performance.now();
  const guardLateMs = nowMs - turnAtMs - everyMs;
  turnAtMs = nowMs;
  const latest = Atomics.load(beat, 0);
  if (latest !== known) {
    known = latest;
    heardAtMs = nowMs;
    return;
  }
  const loop = judgeLoop({ silentMs: nowMs - heardAtMs, guardLateMs }, silentMs);
  if (loop === "slept") heardAtMs = nowMs;
  if (loop === "stalled" && !isOver) end(nowMs - heardAtMs);
}, everyMs);

/** `process.exit` in a thread ends the thread alone; only a signal ends a process whose main thread hears nothing. */
function end(forMs: number): void {
  isOver = true;
  const line = JSON.stringify({
    level: 60,
    time: new Date().toISOString(),
    pid: process.pid,
    name,
    why: `the event loop has stood still for ${Math.floor(forMs / 1000)} s`,
    msg: "the worker dies",
  });
  const kill = () => process.kill(process.pid, "SIGKILL");
  // A pipe that nobody reads may be what the main thread waits for: the line must not keep us as well.
  setTimeout(kill, 500);
  write(2, `${line}\n`, kill);
}
