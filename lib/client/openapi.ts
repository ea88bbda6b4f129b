// The API's description, and what of it fits the words that somebody looks for.
import { queryOptions } from "@tanstack/react-query";
import { getJson } from "#lib/client/http.ts";
import type { DescribedOperation, OpenApi } from "#lib/contract/openapi.ts";

export const openApiQuery = () =>
  queryOptions({
    queryKey: ["openapi"],
    queryFn: ({ signal }) => getJson<OpenApi>("/openapi.json", signal),
    // It changes with a release.
    staleTime: Number.POSITIVE_INFINITY,
  });

export type Listed = DescribedOperation & { method: string; path: string };

/** Operations by tag, in the description's order, that hold every one of the words. */
export function operationsFor({ paths, tags }: OpenApi, looked: string): { tag: string; listed: Listed[] }[] {
  const words = looked.toLowerCase().split(/\s+/).filter(Boolean);
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  const fitting = all.filter((operation) => words.every((word) => textOf(operation).includes(word)));
  return tags
    .map(({ name }) => ({ tag: name, listed: fitting.filter(({ tags }) => tags.includes(name)) }))
    .filter(({ listed }) => listed.length > 0);
}

function textOf({ description = "", parameters, responses, ...operation }: Listed): string {
  const { method, path, operationId, summary, tags } = operation;
  const names = parameters.map(({ name }) => name);
  // A refusal's reference names its codes.
  const answers = Object.entries(responses).map(([status, answer]) =>
    "$ref" in answer ? `${status} ${answer.$ref.split("/").at(-1)}` : status,
  );
  return [method, path, operationId, summary, description, ...tags, ...names, ...answers]
    .join(" ")
    .toLowerCase();
}
