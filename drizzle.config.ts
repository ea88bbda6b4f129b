import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: [
    "./db/schema.ts",
    "./db/schema-desk.ts",
    "./db/schema-inbound.ts",
    "./db/schema-handled.ts",
    "./db/schema-operations.ts",
  ],
  out: "./db/migrations",
  schemaFilter: ["redrive"],
  // Named by time, so that two branches never make the same number.
  migrations: { prefix: "timestamp" },
});
