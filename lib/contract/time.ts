// A time that a caller names. The database rounds to microseconds, so that the last of the year 9999 would become one that no
// clock can write.
import { z } from "zod";

const least = Date.parse("0001-01-01T00:00:00Z");
const most = Date.parse("9999-12-31T00:00:00Z");

export const Time = z.iso
  .datetime({ offset: true, error: "must be a time with its zone, like 2026-11-21T14:00:00Z" })
  .refine((text) => {
    const at = Date.parse(text);
    return Number.isNaN(at) || (at >= least && at < most);
  }, "must be a time in the years 1 to 9999");
