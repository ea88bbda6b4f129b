// Whether the database answers a connection made just for this question, which owes nothing to any pool.
import postgres from "postgres";

/**
 * A refusal is an answer, but for these: the server is going, coming, has no connection left to give, or nobody is there
 * behind the connection. Of no use to us, and it may be over soon.
 */
const isAway = /^(08|57P0|53300)/;

export async function reachesDatabase(url: string, patienceMs = 5_000): Promise<boolean> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: Math.ceil(patienceMs / 1_000),
    onnotice: () => {},
    connection: { application_name: "redrive watchdog" },
  });
  const silence = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => silence.resolve(false), patienceMs);
  try {
    return await Promise.race([sql`select 1`.then(() => true), silence.promise]);
  } catch (error) {
    return error instanceof postgres.PostgresError && !isAway.test(error.code);
  } finally {
    clearTimeout(timer);
    // A server that says nothing is not waited for.
    sql.end({ timeout: 0 }).catch(() => {});
  }
}
