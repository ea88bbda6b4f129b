// What the application's handlers have done: a row is written in the transaction of a record's effect, and so is there
// exactly when the effect is.
import { sql } from "drizzle-orm";
import { index, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { redrive } from "#db/schema.ts";

/** Records whose handler's transaction is committed. One that comes again is answered as it was then, and not run. */
export const handled = redrive.table(
  "handled",
  {
    recordId: uuid("record_id").primaryKey(),
    provider: text("provider").notNull(),
    at: timestamp("at", { withTimezone: true, mode: "string" }).notNull().default(sql`clock_timestamp()`),
    /** What the handler answered, as it was written: JSON, or empty. */
    answer: text("answer").notNull().default(""),
  },
  // Upkeep goes by age.
  (table) => [index("handled_at").on(table.at)],
);
