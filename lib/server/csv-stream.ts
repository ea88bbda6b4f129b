// A list of any length as CSV: a page is read when the reader has taken the one before, so that memory holds one page, and
// nothing is read for somebody who has gone.
import { byteOrderMark, type Cell, csvLine } from "#lib/core/csv.ts";
import type { Log } from "#lib/node/log.ts";

export type CsvPage<Row> = { items: Row[]; next: string | null };

export type CsvList<Column extends string> = {
  /** The file's name, without day and ending. */
  name: string;
  columns: readonly Column[];
  /** A page after a cursor; a page may be empty and have a next one. */
  read: (after: string | undefined) => Promise<CsvPage<Record<Column, Cell>>>;
  /** Whether it begins with a byte order mark. */
  bom: boolean;
};

type Given = { request: Request; log: Log };

/** The first page is read before anything is answered: what is wrong with the request is a problem like any other. */
export async function csvResponse<Column extends string>(
  { name, columns, read, bom }: CsvList<Column>,
  { request, log }: Given,
): Promise<Response> {
  const encoder = new TextEncoder();
  const linesOf = (items: Record<Column, Cell>[]) =>
    items.map((item) => csvLine(columns.map((column) => item[column]))).join("");
  const first = await read(undefined);
  let next = first.next;
  let waiting = (bom ? byteOrderMark : "") + csvLine(columns) + linesOf(first.items);
  let isCancelled = false;
  const isLeft = () => isCancelled || request.signal.aborted;

  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          while (waiting === "" && next !== null && !isLeft()) {
            const page = await read(next);
            next = page.next;
            waiting = linesOf(page.items);
          }
        } catch (error) {
          // The answer has begun: it breaks off, and is not mistaken for a whole one.
          log.error({ err: error }, "an export broke off");
          controller.error(error);
          return;
        }
        if (isCancelled) return;
        if (request.signal.aborted) {
          controller.error(request.signal.reason);
          return;
        }
        if (waiting !== "") controller.enqueue(encoder.encode(waiting));
        waiting = "";
        if (next === null) controller.close();
      },
      cancel: () => {
        isCancelled = true;
      },
    },
    // Nothing is read ahead.
    { highWaterMark: 0 },
  );
  const day = new Date().toISOString().slice(0, 10);
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name}-${day}.csv"`,
      "cache-control": "no-store, no-transform",
      // nginx would gather the stream otherwise.
      "x-accel-buffering": "no",
    },
  });
}
