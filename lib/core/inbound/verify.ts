// Whether a call comes from the sender that a source stands for: genuine, or refused with the reason that operators read.
// Secrets are compared in constant time; of several secrets, and of several signatures, one that fits is enough.
import { createHash, hash, timingSafeEqual } from "node:crypto";
import type { HmacAlgorithm, InboundKind, InboundOptions } from "#lib/core/inbound/kinds.ts";
import { headerOf, type RawHeaders } from "#lib/core/inbound/raw-headers.ts";
import { type Recipe, recipeOf } from "#lib/core/inbound/recipes.ts";

/** With `until` it counts until then: two are good while a sender changes over. */
export type InboundSecret = { secret: string; until: string | null };

export const refusedBecause = ["missing", "doubled", "malformed", "mismatch", "stale", "no_secret"] as const;
export type RefusedBecause = (typeof refusedBecause)[number];

export type Verdict =
  | { isGenuine: true }
  /** `words` are for operators: whoever calls is not told which part was wrong. */
  | { isGenuine: false; because: RefusedBecause; words: string };

export type Call = { headers: RawHeaders; body: Buffer; nowMs: number };

export type Verifier = (call: Call) => Verdict;

type Given = { kind: InboundKind; options: InboundOptions; secrets: readonly InboundSecret[] };

/** A key as HMAC takes it: a block that goes before the content, and one before the hash of both, with room for it behind. */
type Ready = { inner: Buffer; outer: Buffer };
type Key = { bytes: Buffer; ready: Ready; untilMs: number };

/** The check of one source, its keys made ready once. */
export function verifierOf({ kind, options, secrets }: Given): Verifier {
  const recipe = recipeOf(kind, options);
  const keys = secrets.map(({ secret, until }): Key => {
    const bytes = recipe?.key === "base64" ? keyOfBase64(secret) : Buffer.from(secret);
    const untilMs = until === null ? Number.POSITIVE_INFINITY : Date.parse(until);
    return { bytes, ready: readyOf(bytes, recipe?.algorithm ?? "sha256"), untilMs };
  });
  const check: (call: Call, keys: readonly Key[]) => Verdict =
    recipe !== null
      ? (call, keys) => checkSignature(recipe, call, keys)
      : kind === "basic"
        ? (call, keys) => checkBasic(options.basic?.user ?? "", call, keys)
        : (call, keys) => checkToken(options.token ?? { header: "authorization", prefix: "" }, call, keys);
  return (call) => {
    const good = keys.filter(({ untilMs }) => call.nowMs < untilMs);
    if (good.length === 0) return refused("no_secret", "no secret of this source counts any more");
    return check(call, good);
  };
}

/** `whsec_` and base64, as Standard Webhooks writes a secret. */
const keyOfBase64 = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ""), "base64");

function checkSignature(recipe: Recipe, { headers, body, nowMs }: Call, keys: readonly Key[]): Verdict {
  const header = headerOf(headers, recipe.header);
  if ("problem" in header) return refusedHeader(header.problem, recipe.header);
  const { signatures, timestamp: beside } = recipe.read(header.value);
  if (signatures.length === 0) return refused("malformed", `${recipe.header} holds no signature of its form`);

  let id = "";
  if (recipe.idHeader !== null) {
    const given = headerOf(headers, recipe.idHeader);
    if ("problem" in given) return refusedHeader(given.problem, recipe.idHeader);
    id = given.value;
  }
  let timestamp = beside ?? "";
  if (recipe.timestampHeader !== null) {
    const given = headerOf(headers, recipe.timestampHeader);
    if ("problem" in given) return refusedHeader(given.problem, recipe.timestampHeader);
    timestamp = given.value;
  }
  const sentMs = recipe.isTimed ? msOf(timestamp) : nowMs;
  if (sentMs === null) return refused("malformed", "its time is no number of seconds");

  const given = signatures.map((signature) => decoded(signature, recipe.encoding));
  let isGenuine = false;
  for (const key of keys) {
    const expected = signatureOf(recipe, key.ready, { id, timestamp, body });
    // All are compared, whichever fits: how long it takes tells nothing.
    for (const each of given) if (isSame(each, expected)) isGenuine = true;
  }
  if (!isGenuine)
    return refused("mismatch", "its signature is made with another secret, or over another body");
  // Only of a genuine call: a clock that is wrong is then worth a look.
  const offMs = sentMs - nowMs;
  if (Math.abs(offMs) > recipe.toleranceMs) return refused("stale", staleWords(offMs, recipe.toleranceMs));
  return genuine;
}

/** Node reads headers as Latin-1, byte for byte; so is what was signed of them given back. */
const headerEncoding = "latin1";

/** @see RFC 2104, section 2 */
function readyOf(key: Buffer, algorithm: HmacAlgorithm): Ready {
  const { block, digest } = bytesOf[algorithm];
  const padded = Buffer.alloc(block);
  (key.length > block ? createHash(algorithm).update(key).digest() : key).copy(padded);
  const over = (pad: number) => Buffer.from(padded.map((byte) => byte ^ pad));
  return { inner: over(0x36), outer: Buffer.concat([over(0x5c), Buffer.alloc(digest)]) };
}

const bytesOf: Record<HmacAlgorithm, { block: number; digest: number }> = {
  sha1: { block: 64, digest: 20 },
  sha256: { block: 64, digest: 32 },
  sha512: { block: 128, digest: 64 },
};

/** What is signed of a call is put together here, for as long as it is hashed. */
const workspace = Buffer.allocUnsafeSlow(65_536);

/**
 * The HMAC of a call, as RFC 2104 writes it down: two hashes, each made at once, over bytes that are used again and again.
 * Node's own makes an object for each call that the collector has to come for; of 1 KB this takes half the time.
 */
function signatureOf(
  { algorithm, content }: Recipe,
  { inner, outer }: Ready,
  parts: { id: string; timestamp: string; body: Buffer },
): Buffer {
  const pieces = content.map((piece) => ("text" in piece ? piece.text : parts[piece.part]));
  const length = pieces.reduce((bytes, piece) => bytes + piece.length, inner.length);
  const space = length <= workspace.length ? workspace : Buffer.allocUnsafe(length);
  let at = inner.copy(space);
  // A header's character is a byte: Node reads them so.
  for (const piece of pieces)
    at += typeof piece === "string" ? space.write(piece, at, headerEncoding) : piece.copy(space, at);
  outer.write(hash(algorithm, space.subarray(0, length), "binary"), inner.length, "binary");
  // By way of a text: given as bytes, it would come in memory of its own.
  return Buffer.from(hash(algorithm, outer, "binary"), "binary");
}

function checkBasic(user: string, { headers }: Call, keys: readonly Key[]): Verdict {
  const header = headerOf(headers, "authorization");
  if ("problem" in header) return refusedHeader(header.problem, "authorization");
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header.value)?.[1];
  if (encoded === undefined) return refused("malformed", "authorization is not of the form Basic …");
  const given = Buffer.from(encoded, "base64");
  return anyIs(
    given,
    keys.map(({ bytes }) => Buffer.concat([Buffer.from(`${user}:`), bytes])),
  )
    ? genuine
    : refused("mismatch", "its user or password is another");
}

function checkToken(
  { header: name, prefix }: { header: string; prefix: string },
  { headers }: Call,
  keys: readonly Key[],
): Verdict {
  const lower = name.toLowerCase();
  const header = headerOf(headers, lower);
  if ("problem" in header) return refusedHeader(header.problem, lower);
  if (!header.value.startsWith(prefix)) return refused("malformed", `${lower} does not begin as it should`);
  return anyIs(
    Buffer.from(header.value.slice(prefix.length), headerEncoding),
    keys.map(({ bytes }) => bytes),
  )
    ? genuine
    : refused("mismatch", `the token in ${lower} is another`);
}

const genuine: Verdict = { isGenuine: true };
const refused = (because: RefusedBecause, words: string): Verdict => ({ isGenuine: false, because, words });

const refusedHeader = (problem: "missing" | "doubled", name: string): Verdict =>
  refused(
    problem,
    problem === "missing" ? `it has no header ${name}` : `it has the header ${name} more than once`,
  );

const sha256 = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();

/** Of hashes: the lengths of secrets are told by no time either. */
function anyIs(given: Buffer, secrets: readonly Buffer[]): boolean {
  const hash = sha256(given);
  let isOne = false;
  for (const secret of secrets) if (timingSafeEqual(hash, sha256(secret))) isOne = true;
  return isOne;
}

const isSame = (given: Buffer, expected: Buffer): boolean =>
  given.length === expected.length && timingSafeEqual(given, expected);

/** Strict: Node's decoder skips what it does not know, and many texts would then name one signature. */
function decoded(signature: string, encoding: Recipe["encoding"]): Buffer {
  const isWhole =
    encoding === "hex" ? /^(?:[0-9a-f]{2})+$/i.test(signature) : /^[A-Za-z0-9+/]+={0,2}$/.test(signature);
  return isWhole ? Buffer.from(signature, encoding) : Buffer.alloc(0);
}

/** Seconds since 1970, or milliseconds by their number of digits. */
function msOf(timestamp: string): number | null {
  if (!/^\d{1,13}$/.test(timestamp)) return null;
  return timestamp.length === 13 ? Number(timestamp) : Number(timestamp) * 1_000;
}

function staleWords(offMs: number, toleranceMs: number): string {
  const seconds = Math.round(Math.abs(offMs) / 1_000);
  return `it is signed rightly, but its time is ${seconds} s ${offMs < 0 ? "before" : "after"} ours; ${toleranceMs / 1_000} s are taken. It is a recording, or a clock is wrong`;
}
