import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      { test: { name: "unit", include: ["tests/unit/**/*.test.ts", "tests/property/**/*.test.ts"] } },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts", "tests/scenarios/**/*.test.ts"],
          globalSetup: ["tests/support/global-setup.ts"],
          // Each file has a database of its own; two cores carry two files.
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
