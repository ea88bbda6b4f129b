// What a command prints: results on stdout, all else on stderr. Colour where a person looks on, JSON lines where asked for.
import { styleText } from "node:util";
import { isColoured } from "#bin/coloured.ts";

export type Screen = {
  stdout: Stream;
  stderr: Stream;
  env: Record<string, string | undefined>;
};
type Stream = { write: (text: string) => unknown; isTTY?: boolean; columns?: number };

export type Colour = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";

const signs = { "✗": "red", "!": "yellow" } as const;
export type Sign = keyof typeof signs;

export type Output = {
  /** Whether results are JSON, one a line. */
  json: boolean;
  /** A result: as JSON, or as the text that it makes. */
  result: (value: unknown, text: () => string) => void;
  /** What is asked for as text, like help. */
  print: (text: string) => void;
  /** A list of results, as a table. */
  table: <Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string) => void;
  /** For people only, after a sign; never in the way of a pipe. */
  note: (text: string, sign?: Sign) => void;
  paint: (colour: Colour, text: string) => string;
  /** A line that changes in place, where a person looks on; an empty one takes it away. */
  status: (text: string) => void;
};

export type Column<Row> = {
  name: string;
  text: (row: Row) => string | number | null;
  colour?: (row: Row) => Colour | null;
  /** What is cut first where the window is too narrow. */
  isLong?: boolean;
};

export function output({ stdout, stderr, env }: Screen, json: boolean): Output {
  const painter = (stream: Stream) => {
    const coloured = isColoured(stream, env);
    return (colour: Colour, text: string) =>
      coloured ? styleText(colour, text, { validateStream: false }) : text;
  };
  const paint = painter(stdout);
  const paintNote = painter(stderr);
  let shown = "";
  const status = (text: string) => {
    if (stderr.isTTY !== true || text === shown) return;
    stderr.write(`\r\u001b[2K${text}`);
    shown = text;
  };
  const say = (stream: Stream, text: string) => {
    const kept = shown;
    status("");
    stream.write(`${text}\n`);
    status(kept);
  };
  return {
    json,
    print: (text) => void stdout.write(text),
    result: (value, text) => say(stdout, json ? jsonOf(value) : text()),
    table(rows, columns, empty) {
      if (json) for (const row of rows) say(stdout, jsonOf(row));
      else if (rows.length === 0) say(stderr, empty);
      else say(stdout, tableText(rows, columns, { paint, width: stdout.isTTY ? stdout.columns : undefined }));
    },
    note: (text, sign) => say(stderr, sign ? `${paintNote(signs[sign], sign)} ${text}` : text),
    paint,
    status,
  };
}

type Look = { paint: Output["paint"]; width: number | undefined };

function tableText<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { paint, width }: Look,
): string {
  const cells = rows.map((row) => columns.map(({ text }) => plain(String(text(row) ?? "–"))));
  const widths = columns.map(({ name }, n) =>
    Math.max(name.length, ...cells.map((row) => row[n]?.length ?? 0)),
  );
  const over = width === undefined ? 0 : widths.reduce((sum, each) => sum + each + 2, -2) - width;
  const long = columns.findIndex(({ isLong }) => isLong);
  if (over > 0 && long >= 0) widths[long] = Math.max(12, (widths[long] ?? 0) - over);
  const line = (texts: readonly string[], look: (text: string, n: number) => string) =>
    texts
      .map((text, n) => {
        const room = widths[n] ?? 0;
        const cut = text.length > room ? `${text.slice(0, room - 1)}…` : text;
        return look(n === texts.length - 1 ? cut : cut.padEnd(room), n);
      })
      .join("  ")
      .trimEnd();
  const heading = line(
    columns.map(({ name }) => name),
    (text) => paint("dim", text),
  );
  const body = cells.map((texts, at) =>
    line(texts, (text, n) => {
      const row = rows[at];
      const colour = row === undefined ? null : columns[n]?.colour?.(row);
      return colour ? paint(colour, text) : text;
    }),
  );
  return [heading, ...body].join("\n");
}

/** What came from others may hold signs that a terminal obeys, or that turn the order of its letters: they are shown as dots. */
export const plain = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, "·");

/** JSON leaves some of those signs as they are. */
const jsonOf = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[\u007f-\u009f]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** 4711 as 4,711. */
export const number = (value: number): string => value.toLocaleString("en-US");
