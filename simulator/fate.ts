// What becomes of a delivery. Decided once, when its body has arrived, with the knobs as they are then; knobs that are
// turned afterwards meet the next delivery.
//
//   outage → token → overload → reset or error (not taken) → refused, conflict → taken → answered, or the answer is lost
import type { Knobs } from "#lib/contract/simulator.ts";
import { drawLatencyMs, queuedMs } from "#simulator/latency.ts";
import type { Random } from "#simulator/random.ts";
import type { Validate } from "#simulator/reject.ts";

/** `taken`: the provider has it, whatever the sender gets to hear. */
export type Fate =
  | { kind: "answer"; status: number; body: string | null; afterMs: number; taken: boolean }
  | { kind: "reset"; afterMs: number; taken: boolean }
  | { kind: "hang"; taken: boolean };

export type Arrival = {
  /** The payload as it came; of a GET, what it asks for. */
  body: Buffer;
  /** Its idempotency key was accepted before. */
  seenBefore: boolean;
  authorized: boolean;
  /** Requests in flight, this one included. */
  inFlight: number;
};

export function decideFate(arrival: Arrival, knobs: Knobs, validate: Validate | null, random: Random): Fate {
  // Drawn first and always, so that the same seed gives the same numbers whatever happens below.
  const luck = random();
  const drawnMs = drawLatencyMs(knobs.latency, random);
  return (
    outage(knobs) ??
    unauthorized(arrival, knobs, drawnMs) ??
    overloaded(arrival, knobs) ??
    byLuck(arrival, knobs, validate, luck, queuedMs(drawnMs, arrival.inFlight, knobs.capacity))
  );
}

const answer = (status: number, code: string, afterMs: number): Fate => ({
  kind: "answer",
  status,
  body: JSON.stringify({ error: code }),
  afterMs,
  taken: false,
});

function outage(knobs: Knobs): Fate | null {
  switch (knobs.outage) {
    case "none":
      return null;
    case "refuse":
      return { kind: "reset", afterMs: 0, taken: false };
    case "503":
      return answer(503, "unavailable", 0);
    case "black_hole":
      return { kind: "hang", taken: false };
  }
}

function unauthorized(arrival: Arrival, knobs: Knobs, afterMs: number): Fate | null {
  return knobs.requireToken && !arrival.authorized ? answer(401, "invalid_token", afterMs) : null;
}

function overloaded(arrival: Arrival, knobs: Knobs): Fate | null {
  if (knobs.capacity === null || knobs.overload === "slower" || arrival.inFlight <= 2 * knobs.capacity)
    return null;
  return knobs.overload === "429" ? answer(429, "too_many_requests", 0) : answer(503, "overloaded", 0);
}

function byLuck(
  arrival: Arrival,
  knobs: Knobs,
  validate: Validate | null,
  luck: number,
  afterMs: number,
): Fate {
  let share = knobs.resetShare;
  if (luck < share) return { kind: "reset", afterMs, taken: false };
  share += knobs.errorShare;
  if (luck < share) return answer(500, "internal", afterMs);

  const refusal = validate?.(arrival.body) ?? null;
  const conflict = knobs.conflictOnDuplicate && arrival.seenBefore;
  const taken = refusal === null && !conflict;

  share += knobs.timeoutShare;
  if (luck < share) return { kind: "hang", taken };
  share += knobs.lostReplyShare;
  if (luck < share) return { kind: "reset", afterMs, taken };
  if (refusal !== null) {
    return { kind: "answer", status: knobs.refuseAs ?? 422, body: refusal, afterMs, taken };
  }
  if (conflict) return answer(knobs.refuseAs ?? 409, "duplicate", afterMs);
  return { kind: "answer", status: 200, body: null, afterMs, taken };
}
