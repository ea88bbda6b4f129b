// An application for worker processes that tests kill: its handler counts its runs in a sequence, which no rollback takes
// back, and waits for a lock that the test holds before its effect.
//
//   create sequence runs; create table effects (record_id uuid not null, what text not null);
import { z } from "zod";
import { defineApplication } from "#worker/application.ts";

const Gated = z.object({ gate: z.int() });

export default defineApplication({
  handlers: {
    counted: async (payload, { record, sql }) => {
      const [run] = await sql`select nextval('runs')::int as nth`;
      await sql`select pg_advisory_xact_lock_shared(${Gated.parse(payload).gate})`;
      await sql`insert into effects values (${record.id}, ${`run ${run?.nth}`})`;
      return run;
    },
  },
});
