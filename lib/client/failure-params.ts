// How the failures page's filter stands in its URL; read by the page on the server and by the browser alike.
import { createLoader, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { failureTabs } from "#lib/client/failures.ts";

export const failureParsers = {
  tab: parseAsStringLiteral(failureTabs).withDefault("all"),
  provider: parseAsString,
  q: parseAsString.withDefault(""),
};

export const loadFailureFilter = createLoader(failureParsers);
