import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results/browser",
  globalSetup: "./tests/e2e/global-setup.ts",
  // Two installations, in each one story after another: most of a story is waiting.
  workers: 2,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [["list"], ["json"]],
  use: {
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    // Of a failure its picture and the page's text are kept. A trace of each test takes a good part of its time; where one is
    // wanted: npx playwright test --trace retain-on-failure
    trace: "off",
  },
});
