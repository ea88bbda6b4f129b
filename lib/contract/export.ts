// Lists as CSV files: the lists' own filters, all pages in one answer. Payloads are in none of them.
import { z } from "zod";
import { Failure, FailuresQuery } from "#lib/contract/failure.ts";
import { RecordSummary, RecordsQuery } from "#lib/contract/record.ts";

/** `1`: the file begins with a byte order mark, by which Excel knows that it is UTF-8. */
const bom = z.enum(["0", "1"]).optional();

export const ExportRecordsQuery = RecordsQuery.omit({ after: true, limit: true }).extend({ bom });
export const ExportFailuresQuery = FailuresQuery.omit({ after: true, limit: true }).extend({ bom });

/** Rows that are read, and held, at once. */
export const exportPage = 500;

/** The columns, in this order: one that is added comes last. */
export const recordColumns = RecordSummary.keyof().options;
export const failureColumns = Failure.keyof().options;
