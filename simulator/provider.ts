// One simulated provider: its knobs, who turned them, and what it has counted.
import type { KnobName, Knobs, PatchKnobs, SimulatedProvider } from "#lib/contract/simulator.ts";
import { type AcceptedKeys, noKeys } from "#simulator/accepted-keys.ts";
import { type Connections, noConnections, recount } from "#simulator/connections.ts";
import { defaultKnobs, turn } from "#simulator/knobs.ts";
import { type Random, seededRandom, seedFor } from "#simulator/random.ts";
import { type Validate, validator } from "#simulator/reject.ts";
import { nothingSeen, type Sightings } from "#simulator/seen.ts";
import { noTokens, type Tokens } from "#simulator/tokens.ts";
import type { Waiting } from "#simulator/waiting.ts";

export type Provider = {
  readonly slug: string;
  readonly random: Random;
  knobs: Knobs;
  validate: Validate | null;
  /** When a person last turned a knob, so that the demo's story leaves it alone for a while. */
  turnedByPerson: Map<KnobName, number>;
  inFlight: number;
  peakInFlight: number;
  connections: Connections;
  received: number;
  accepted: number;
  keys: AcceptedKeys;
  tokens: Tokens;
  seen: Sightings;
  waiting: Waiting[];
};

export function aNewProvider(slug: string, seed: number, keysKept: number): Provider {
  return {
    slug,
    random: seededRandom(seedFor(slug, seed)),
    knobs: defaultKnobs,
    validate: null,
    turnedByPerson: new Map(),
    inFlight: 0,
    peakInFlight: 0,
    connections: noConnections(),
    received: 0,
    accepted: 0,
    keys: noKeys(keysKept),
    tokens: noTokens(),
    seen: nothingSeen(),
    waiting: [],
  };
}

export function turnKnobs(provider: Provider, patch: PatchKnobs): void {
  provider.knobs = turn(provider.knobs, patch);
  provider.validate = provider.knobs.reject && validator(provider.knobs.reject);
}

export function noteTurnedByPerson(provider: Provider, patch: PatchKnobs, nowMs: number): void {
  for (const name of Object.keys(patch) as KnobName[]) provider.turnedByPerson.set(name, nowMs);
}

/** Forgets what was counted, keys included; requests and connections that are there now still count as such. */
export function resetCounts(provider: Provider): void {
  provider.peakInFlight = provider.inFlight;
  recount(provider.connections);
  provider.received = 0;
  provider.accepted = 0;
  provider.keys = noKeys(provider.keys.kept);
  provider.tokens.issued = 0;
}

export function countsOf(provider: Provider): SimulatedProvider {
  const { slug, knobs, inFlight, peakInFlight, connections, received, accepted, keys, tokens } = provider;
  return {
    slug,
    knobs,
    inFlight,
    peakInFlight,
    connections: connections.open.size,
    peakConnections: connections.peak,
    connectionsOpened: connections.opened,
    received,
    accepted,
    keys: keys.distinct,
    doubled: keys.doubled,
    tokensIssued: tokens.issued,
  };
}
