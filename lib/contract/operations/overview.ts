// What the pages show of everything together, and hints of what changed.
import * as examples from "#lib/contract/examples.ts";
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
  example: {
    output: {
      deliveredPerMinute: 240,
      successRate: 0.98,
      oldestDueAt: examples.at,
      needHuman: { technical: 12, client_data: 0, others: 0 },
      breakersOpen: 0,
      workerSeenAt: examples.at,
      providers: [examples.providerSummary],
      throughput: [examples.point],
      newestFailures: [examples.failure],
    },
  },
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
  example: { query: { step: 60 }, output: { step: 60, items: [examples.point] } },
});

export const streamHints = operation({
  id: "streamHints",
  method: "GET",
  path: "/stream",
  tag: "Overview",
  summary: "Server-sent hints of what changed",
  may: "see",
  answers: "text/event-stream",
  example: { text: 'data: {"topic":"provider","provider":"ats"}\n\n' },
});
