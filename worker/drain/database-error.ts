// What an error of the database asks for: patience, another thing to write, or a better statement.
import { PostgresError } from "#db/client.ts";

const passing = /^(08|25006|40|53|55P03|57|58)/;
const ofData = /^(22|23|54)/;

/** Errors that pass: the server is going, coming, full or busy. Everything else is a mistake in our statement. */
export const isMistake = (error: unknown): boolean =>
  error instanceof PostgresError && !passing.test(error.code);

/** Not the statement is refused, but what it would have written. */
export const isOfData = (error: unknown): error is Error =>
  error instanceof PostgresError && ofData.test(error.code);
