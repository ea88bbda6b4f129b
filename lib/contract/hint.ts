// A live hint: what changed, never the data. It rides on Postgres `notify` and on server-sent events.
import { z } from "zod";

export const hintTopics = ["throughput", "provider", "failures", "record", "alerts", "operations"] as const;
export type HintTopic = (typeof hintTopics)[number];

export const Hint = z.object({
  topic: z.enum(hintTopics),
  provider: z.string().optional(),
  id: z.string().optional(),
});
export type Hint = z.infer<typeof Hint>;
export const hintChannel = "redrive_hints";
