import { defineConfig } from "vitest/config";

/** On a PostgreSQL server of the run's own; each file has a database of its own in it. Most of a file's time is waiting. */
const onPostgres = {
  globalSetup: ["tests/support/global-setup.ts"],
  maxWorkers: 3,
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

/** What holds a rate or a time to its word: another file beside it would be measured as well. */
const measured = [
  "tests/integration/**/*.timed.test.ts",
  "tests/scenarios/ingestion/isolation.test.ts",
  "tests/scenarios/sms/storm.test.ts",
];

/** Files that a run leaves out, by their paths: a project's own list takes no more from the command line. */
const without = process.env.REDRIVE_TEST_WITHOUT?.split(",") ?? [];

export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      { test: { name: "unit", include: ["tests/unit/**/*.test.ts", "tests/property/**/*.test.ts"] } },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          exclude: [...measured, ...without],
          ...onPostgres,
        },
      },
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
