// Reads a request's JSON: bounded while it arrives, so that no sender can make us hold more.
import { depthMax, depthOf } from "#lib/core/exact-json.ts";
import { unstorable } from "#lib/core/storable.ts";
import { Gathered } from "#lib/node/gathered.ts";
import { invalid, Refusal } from "#lib/server/problem.ts";

/** A payload of 1 MiB, written with some escapes, and the record's other fields. */
const bytesMax = 1_258_291;

/** The text, and its value; an empty body is an empty object. */
export type JsonBody = { text: string; value: unknown };

/** @throws Refusal 413 when it is too large, 415 when it is not sent as JSON, 422 when it is none, or can't be stored. */
export async function readJson(request: Request): Promise<JsonBody> {
  const text = await readText(request);
  if (text.trim() === "") return { text: "", value: {} };
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new Refusal(
      "unsupported_media_type",
      "Send the body as JSON, with: Content-Type: application/json.",
    );
  }
  if (depthOf(text) > depthMax) {
    throw new Refusal(
      "invalid_input",
      `The body is nested more than ${depthMax} levels deep; make it flatter.`,
    );
  }
  const value = parsed(text);
  const bad = unstorable(text);
  if (bad?.kind === "size") throw new Refusal("payload_too_large", `The body ${bad.says}.`);
  if (bad) throw invalid(fieldOf(bad.place), bad.says);
  return { text, value };
}

/** As fields are named everywhere in the API: `payload.lines.0`. */
const fieldOf = (pointer: string): string =>
  pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .join(".") || "body";

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : "it cannot be read";
    throw new Refusal("invalid_input", `The body is not valid JSON: ${why}.`);
  }
}

/** A form's fields, as a plain HTML form sends them. */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const text = await readText(request);
  if (text !== "" && type !== "application/x-www-form-urlencoded")
    throw new Refusal("unsupported_media_type", "Send the form as application/x-www-form-urlencoded.");
  return new URLSearchParams(text);
}

/** The body as it came, byte for byte: what a signature was made over. */
export async function readBytes(request: Request, most: number): Promise<Buffer> {
  if (!request.body) return Buffer.alloc(0);
  const tooLarge = () =>
    new Refusal("payload_too_large", "The body is over the limit. A payload may have 1 MiB (1048576 bytes).");
  if (Number(request.headers.get("content-length") ?? 0) > most) throw tooLarge();
  const body = new Gathered(Number(request.headers.get("content-length") ?? 0));
  for await (const chunk of request.body) {
    if (body.length + chunk.byteLength > most) throw tooLarge();
    body.add(chunk);
  }
  return body.whole();
}

async function readText(request: Request): Promise<string> {
  const bytes = await readBytes(request, bytesMax);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal("invalid_input", "The body is not valid UTF-8.");
    throw error;
  }
}
