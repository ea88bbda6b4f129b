// All benchmarks, in the order in which they run.
import { inboundBurst } from "#bench/inbound/burst.ts";
import { inboundRate } from "#bench/inbound/rate.ts";
import type { Row } from "#bench/row.ts";

export const rows: readonly Row[] = [inboundRate, inboundBurst];
