import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { olderPostgres } from "./bin/older-postgres.ts";

const older = olderPostgres();

/** Hundreds of files, which each test file would load anew: half a second, but for one bundle of them. */
const drizzle = [
  "drizzle-orm",
  "drizzle-orm/node-postgres",
  "drizzle-orm/pg-core",
  "drizzle-orm/postgres-js",
];

/** On a PostgreSQL server of the run's own; each file has a database of its own in it. Most of a file's time is waiting. */
const onPostgres = {
  globalSetup: ["tests/support/global-setup.ts"],
  maxWorkers: 3,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  deps: { optimizer: { ssr: { enabled: true, include: drizzle } } },
};

/** What holds a rate or a time to its word: another file beside it would be measured as well. */
const measured = [
  "tests/integration/**/*.timed.test.ts",
  "tests/scenarios/ingestion/isolation.test.ts",
  "tests/scenarios/sms/storm.test.ts",
];

/**
 * What these show does not hang on the server's version, and most of their time is spent waiting. Their statements run on the
 * older server as well, in other files.
 */
const alikeOnAll = [
  "order-service",
  "quickstart",
  "demo",
  "doctor",
  "lost-connection",
  "start",
  "start-check",
  "api/api-rate",
  "api/channels",
  "api/fuzz",
  "api/health",
  "api/key-bounds",
  "api/keys",
  "api/metrics",
  "api/my",
  "api/openapi",
  "api/people",
  "api/portal-tokens",
  "api/provider-auth",
  "api/recoveries",
  "api/sign-in",
  "api/slack",
  "api/stream",
  "api/who-may",
  "cli/commands",
  "cli/enqueue",
  "clients/client",
  "clients/package",
  "desk/answers",
  "desk/messages",
  "desk/messages-elsewhere",
  "desk/slack-docs",
  "engine/adapters",
  "engine/auth",
  "engine/database-restart",
  "engine/death",
  "engine/gates",
  "engine/handlers-kill",
  "engine/health",
  "engine/kill",
  "engine/ordering",
  "engine/overlap",
  "engine/phantoms",
  "engine/redrive",
  "engine/schedules",
  "engine/trouble",
  "inbound/refused",
  "inbound/restart",
  "inbound/sources",
  "operations/kill",
  "operations/many",
];

/** What takes the longest, which begins first: none of it is left over for the end. */
const longest = [
  "integration/start",
  "integration/engine/ordering",
  "integration/desk/messages-elsewhere",
  "scenarios/ingestion/limits",
  "scenarios/ats/outage",
  "integration/desk/messages",
  "integration/engine/auth",
  "integration/engine/kill",
  "scenarios/sms/people",
  "scenarios/ats/sockets-and-runs",
  "scenarios/webhooks/burst",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const nth = longest.findIndex((name) => moduleId.endsWith(`/tests/${name}.test.ts`));
      return nth < 0 ? longest.length : nth;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  cacheDir: "test-results/vite",
  test: {
    sequence: { sequencer: LongestFirst },
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts", "tests/property/**/*.test.ts"],
          // Nothing else runs beside them, so no core is left free; what else a machine does may halve one.
          maxWorkers: 2,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          exclude: measured,
          ...onPostgres,
        },
      },
      ...(older
        ? [
            {
              test: {
                name: "PostgreSQL 15",
                include: ["tests/integration/**/*.test.ts"],
                exclude: [...measured, ...alikeOnAll.map((file) => `tests/integration/${file}.test.ts`)],
                ...onPostgres,
                env: { REDRIVE_POSTGRES_BINARIES: older },
              },
            },
          ]
        : []),
      {
        test: {
          name: "scenarios",
          include: ["tests/scenarios/**/*.test.ts"],
          exclude: measured,
          ...onPostgres,
        },
      },
      { test: { name: "measured", include: measured, ...onPostgres, maxWorkers: 1 } },
    ],
  },
});
