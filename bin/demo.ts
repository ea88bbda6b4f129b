// Puts the demo's providers into the database; loaded only by a start that has one.
import { connectSql } from "#db/client.ts";
import { seedDemo as seed } from "#simulator/demo/seed.ts";

export async function seedDemo(databaseUrl: string, simulatorUrl: string): Promise<void> {
  const sql = connectSql(databaseUrl, { name: "redrive demo", max: 1 });
  try {
    await seed(sql, simulatorUrl);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
