import { createLoader, parseAsStringLiteral } from "nuqs/server";
import { ranges } from "#lib/client/ranges.ts";

export const rangeParsers = { range: parseAsStringLiteral(ranges).withDefault("15m") };

export const loadRange = createLoader(rangeParsers);
