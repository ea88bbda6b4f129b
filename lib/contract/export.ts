// Lists as CSV files: the lists' own filters, all pages in one answer. Payloads are in none of them.
import { z } from "zod";
import { Failure, FailuresQuery } from "#lib/contract/failure.ts";
import { RecordSummary, RecordsQuery } from "#lib/contract/record.ts";
import { type Cell, csvLine } from "#lib/core/csv.ts";

/** `1`: the file begins with a byte order mark, by which Excel knows that it is UTF-8. */
const bom = z.enum(["0", "1"]).optional();

export const ExportRecordsQuery = RecordsQuery.omit({ after: true, limit: true }).extend({ bom });
export const ExportFailuresQuery = FailuresQuery.omit({ after: true, limit: true }).extend({ bom });

/** Rows that are read, and held, at once. */
export const exportPage = 500;

/** A list as a file. */
export const csvText = <Column extends string>(
  columns: readonly Column[],
  rows: readonly Record<Column, Cell>[],
): string => [columns, ...rows.map((row) => columns.map((column) => row[column]))].map(csvLine).join("");

/** The columns, in this order: one that is added comes last. */
export const recordColumns = RecordSummary.keyof().options;
export const failureColumns = Failure.keyof().options;
