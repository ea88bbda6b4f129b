// What the pages show of everything together, and hints of what changed.
import { operation } from "#lib/contract/operation.ts";
import { Overview } from "#lib/contract/overview.ts";
import { ChartRange, Throughput } from "#lib/contract/provider.ts";

export const getOverview = operation({
  id: "getOverview",
  method: "GET",
  path: "/overview",
  tag: "Overview",
  summary: "What the first page shows",
  may: "see",
  output: Overview,
});

export const getThroughput = operation({
  id: "getThroughput",
  method: "GET",
  path: "/throughput",
  tag: "Overview",
  summary: "Chart points of all providers together",
  may: "see",
  query: ChartRange,
  output: Throughput,
});

export const streamHints = operation({
  id: "streamHints",
  method: "GET",
  path: "/stream",
  tag: "Overview",
  summary: "Server-sent hints of what changed",
  may: "see",
  answers: "text/event-stream",
});
