// Lists that are short enough to be read whole: providers, teams, keys and the like. Without a limit they are answered so.
import { z } from "zod";

export const WholeListQuery = z.object({
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).optional(),
});
export type WholeListQuery = z.infer<typeof WholeListQuery>;

export const wholeList = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() });
