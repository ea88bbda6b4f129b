// How the failures page's filter stands in its URL; read by the page on the server and by the browser alike.
import { createLoader, createSerializer, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { failureViews } from "#lib/client/failures.ts";

export const failureParsers = {
  tab: parseAsString.withDefault("all"),
  view: parseAsStringLiteral(failureViews).withDefault("list"),
  group: parseAsString,
  provider: parseAsString,
  q: parseAsString.withDefault(""),
};

export const loadFailureFilter = createLoader(failureParsers);

/** An address with a filter; what is usual is left out. */
export const serializeFailureFilter = createSerializer(failureParsers);
