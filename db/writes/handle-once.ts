// A record's effect in the application's own tables, once. One transaction first names the record as handled and then has
// the effect, so that its commit settles the matter, whatever becomes of the worker before the queue hears of it:
//
//   begin ──▶ name it ──▶ act ──▶ commit        thrown, or out of time: rolled back, nothing is left
//                └── named before: answered as then, and not run
//
// Two that come at once meet in the primary key: the second waits for the first, and finds what it did.
import { PostgresError, type Sql, type TransactionSql } from "#db/client.ts";
import { revocable } from "#db/revocable.ts";

/** The server ends a transaction whose worker has gone silent this much after its time, ms. */
const serverPatienceMs = 1_000;
/** How long the server may take to end a transaction, ms. */
const endingMs = 1_000;

export type Once = {
  recordId: string;
  provider: string;
  /** How long all of it may take, ms. */
  totalMs: number;
  /** Once it says so, nothing more is written: a transaction that has not begun its commit is ended. */
  signal: AbortSignal;
};

/** The connection was lost amid the commit: the effect may have happened. Asked again, we know. */
export class CommitUnknown extends Error {
  override name = "CommitUnknown";
}

/**
 * Runs `act` in a transaction on `sql`, unless the record was handled before; `control` is for ending it.
 *
 * @returns what `act` answered, now or then.
 * @throws what `act` throws; the signal's reason when the time is over; CommitUnknown; or the database's error.
 */
export async function handleOnce(
  sql: Sql,
  control: Sql,
  once: Once,
  act: (sql: TransactionSql) => Promise<string>,
): Promise<string> {
  let isCommitting = false;
  try {
    return await sql.begin(async (transaction) => {
      const answer = await handle(transaction, control, once, act);
      isCommitting = true;
      return answer;
    });
  } catch (error) {
    if (isCommitting && !(error instanceof PostgresError))
      throw new CommitUnknown("The connection was lost amid the commit.", { cause: error });
    // Ended by us, it says so in the words of the driver.
    if (!isCommitting && once.signal.aborted && isEndOfSession(error)) throw once.signal.reason;
    throw error;
  }
}

const endsOfSession = ["CONNECTION_CLOSED", "57P01"];
const isEndOfSession = (error: unknown): boolean =>
  error instanceof Error && "code" in error && endsOfSession.includes(String(error.code));

async function handle(
  transaction: TransactionSql,
  control: Sql,
  once: Once,
  act: (sql: TransactionSql) => Promise<string>,
): Promise<string> {
  once.signal.throwIfAborted();
  // Both are on their way at once: the second may have to wait for another run, and the first says how to end that.
  const bounding = bound(transaction, once).execute();
  const naming = name(transaction, once).execute();
  const [session] = await bounding;
  using end = endAt(once.signal, control, session?.pid ?? 0);
  try {
    const [mine] = await Promise.race([naming, end.reached]);
    if (!mine) return await Promise.race([answerOf(transaction, once.recordId), end.reached]);
    const answer = await Promise.race([withEnd(transaction, act), end.reached]);
    if (answer !== "") await Promise.race([keep(transaction, once.recordId, answer), end.reached]);
    if (once.signal.aborted) await end.reached;
    return answer;
  } catch (error) {
    // Not before it is over: the connection would go to another record, and end there.
    if (once.signal.aborted) await Promise.allSettled([end.reached]);
    throw error;
  }
}

/** A statement, or a silence, that lasts longer ends the transaction at the server. Who looks there sees whose it is. */
function bound(sql: TransactionSql, { provider, totalMs }: Once) {
  const ms = totalMs + serverPatienceMs;
  return sql<{ pid: number }[]>`
  select
    pg_backend_pid() as pid,
    set_config('application_name', ${`redrive handlers ${provider}`}, true),
    set_config('statement_timeout', ${String(ms)}, true),
    set_config('idle_in_transaction_session_timeout', ${String(ms)}, true),
    case when current_setting('server_version_num')::int >= 170000
      then set_config('transaction_timeout', ${String(ms)}, true) end`;
}

/** No row when it is handled already, or is not queued any more: somebody settled it meanwhile. */
const name = (sql: TransactionSql, { recordId, provider }: Once) => sql`
  insert into redrive.handled (record_id, provider)
  select ${recordId}::uuid, ${provider}
  where exists (select from redrive.queue where record_id = ${recordId})
  on conflict (record_id) do nothing
  returning record_id`;

const keep = (sql: TransactionSql, recordId: string, answer: string) => sql`
  update redrive.handled set answer = ${answer} where record_id = ${recordId}`;

async function answerOf(sql: TransactionSql, recordId: string): Promise<string> {
  const [handled] = await sql<{ answer: string }[]>`
    select answer from redrive.handled where record_id = ${recordId}`;
  if (!handled) throw new Error("It was not run: somebody else settled this record meanwhile.");
  return handled.answer;
}

/** The transaction as `act` has it: once `act` is over it answers nobody, least of all in another record's transaction. */
async function withEnd(sql: TransactionSql, act: (sql: TransactionSql) => Promise<string>): Promise<string> {
  const own = revocable(sql);
  try {
    return await act(own.sql);
  } finally {
    await own.revoke();
  }
}

/** `reached` rejects with the signal's reason once the transaction of this session is certainly over. */
function endAt(signal: AbortSignal, control: Sql, pid: number): Disposable & { reached: Promise<never> } {
  const { promise: reached, reject } = Promise.withResolvers<never>();
  // Often nobody waits for it any more.
  reached.catch(() => {});
  const end = () => {
    control`select pg_terminate_backend(${pid}::int, ${endingMs})`.then(() => reject(signal.reason), reject);
  };
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  return { reached, [Symbol.dispose]: () => signal.removeEventListener("abort", end) };
}
