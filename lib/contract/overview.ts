// What the first page shows.
import { z } from "zod";
import { Failure } from "#lib/contract/failure.ts";
import { ProviderSummary, ThroughputPoint } from "#lib/contract/provider.ts";

export const Overview = z.object({
  deliveredPerMinute: z.int(),
  successRate: z.number().nullable(),
  oldestDueAt: z.iso.datetime().nullable(),
  /** Open failures of the two teams that are always there, and of all others. */
  needHuman: z.object({ technical: z.int(), client_data: z.int(), others: z.int() }),
  breakersOpen: z.int(),
  /** When a worker last said it lives; null when none ever did. */
  workerSeenAt: z.iso.datetime().nullable(),
  providers: z.array(ProviderSummary),
  throughput: z.array(ThroughputPoint),
  newestFailures: z.array(Failure),
});
export type Overview = z.infer<typeof Overview>;
