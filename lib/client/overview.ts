import { queryOptions } from "@tanstack/react-query";
import { getJson } from "#lib/client/http.ts";
import type { Overview } from "#lib/contract/overview.ts";

export const overviewQuery = () =>
  queryOptions({
    queryKey: ["overview"],
    queryFn: ({ signal }) => getJson<Overview>("/overview", signal),
  });
