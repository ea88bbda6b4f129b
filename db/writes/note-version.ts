// Notes that another version than before works here, once over all workers. The first of all is no news.
import type { Sql } from "#db/client.ts";
import { audit } from "#db/writes/audit.ts";

export async function noteVersion(sql: Sql, version: string): Promise<void> {
  await sql.begin(async (sql) => {
    const [before] = await sql<{ version: string }[]>`
      select value #>> '{}' as version from redrive.settings where key = 'version' for update`;
    if (before?.version === version) return;
    const written = await sql`
      insert into redrive.settings (key, value) values ('version', to_jsonb(${version}::text))
      on conflict (key) do update set value = excluded.value, updated_at = clock_timestamp()
      where settings.value <> excluded.value
      returning key`;
    if (!before || written.length === 0) return;
    await audit(sql, {
      actor: "Redrive",
      action: "installation.deployed",
      subjectKind: "installation",
      subjectId: version,
      detail: { version, was: before.version },
    });
  });
}
