import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results/browser",
  globalSetup: "./tests/e2e/global-setup.ts",
  // One installation, one story after another: two cores carry a browser, a dashboard, a worker and a database.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [["list"], ["json"]],
  use: {
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    // The page at each step is in it; a film besides takes a fifth of the time of all tests.
    trace: { mode: "retain-on-failure", screenshots: false },
  },
});
