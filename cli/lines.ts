// A stream's lines, numbered, one at a time: of a file of any size no more than a line is kept.

export type Line = {
  /** From 1. */
  number: number;
  text: string;
  /** How many bytes of the stream are read with it. */
  bytes: number;
  /** Why it can't be used; null when it can. */
  broken: string | null;
};

/** Larger than any record: a payload is 1 MiB at most. */
const bytesMax = 4 * 1_024 * 1_024;

export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let parts: Uint8Array[] = [];
  let length = 0;
  let number = 0;
  const line = (newline: number): Line => {
    number++;
    const bytes = length + newline;
    const whole = Buffer.concat(parts);
    const isLong = length > bytesMax;
    parts = [];
    length = 0;
    if (isLong) return { number, text: "", bytes, broken: "is longer than 4 MiB" };
    try {
      return { number, text: decoder.decode(whole).replace(/\r$/, ""), bytes, broken: null };
    } catch {
      return { number, text: "", bytes, broken: "is not UTF-8" };
    }
  };
  for await (const chunk of stream) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      keep(chunk.subarray(from, at));
      yield line(1);
      from = at + 1;
    }
    keep(chunk.subarray(from));
  }
  if (length > 0) yield line(0);

  function keep(part: Uint8Array): void {
    length += part.length;
    // Of what is too long only its length matters.
    if (length <= bytesMax) parts.push(part);
    else parts = [];
  }
}
