// A transaction's handle that can be taken back. Its holder may have kept more than the handle: a function of it, a statement
// that is sent only when somebody waits for it, the handle of a savepoint. None of them reaches the server any more: the
// connection may be in another transaction by then, or in none.
import type { TransactionSql } from "#db/client.ts";

export class TransactionOver extends Error {
  override name = "TransactionOver";
  constructor() {
    super("This transaction is over. Wait for each statement before the function that was given it ends.");
  }
}

export type Revocable = {
  sql: TransactionSql;
  /** Takes it back, once what can't be taken back any more has been sent. */
  revoke: () => Promise<void>;
};

export function revocable(sql: TransactionSql): Revocable {
  const holder = new Holder();
  return { sql: holder.handle(sql), revoke: () => holder.end() };
}

/** What of a handle reaches the server, beside the handle itself. */
const sending = new Set<string | symbol>(["unsafe", "file", "notify", "savepoint"]);

class Holder {
  #isOver = false;
  /** Statements that are read from a file before they are sent: the driver hands those to nobody on the way. */
  readonly #files: Promise<unknown>[] = [];

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.allSettled(this.#files);
  }

  handle(sql: TransactionSql): TransactionSql {
    return new Proxy(sql, {
      apply: (target, self, given) => {
        this.#refuseLate();
        return this.#held(Reflect.apply(target, self, given));
      },
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function" || !sending.has(name)) return member;
        return (...given: unknown[]) => {
          this.#refuseLate();
          if (name === "savepoint") return this.#savepoint(member.bind(target), given);
          const result = this.#held(member.apply(target, given));
          if (name === "file" && isStatement(result)) this.#files.push(result);
          return result;
        };
      },
    });
  }

  /** The driver answers the end of a savepoint's function with a statement: one that ends too late never ends for it. */
  #savepoint(begin: (...given: unknown[]) => Promise<unknown>, given: unknown[]): Promise<unknown> {
    const act = given.at(-1);
    if (!isAct(act)) return begin(...given);
    return new Promise((resolve, reject) => {
      const inTime = async (inner: TransactionSql) => {
        try {
          this.#refuseLate();
          const done = act(this.handle(inner));
          const result = await (Array.isArray(done) ? Promise.all(done) : done);
          this.#refuseLate();
          return result;
        } catch (error) {
          if (!this.#isOver) throw error;
          reject(error);
          return new Promise(() => {});
        }
      };
      begin(...given.slice(0, -1), inTime).then(resolve, reject);
    });
  }

  /** A statement is sent when somebody waits for it, which may be late. */
  #held<Result>(result: Result): Result {
    if (!isStatement(result)) return result;
    const send = result.handler;
    result.handler = (statement) =>
      this.#isOver ? statement.reject(new TransactionOver()) : send(statement);
    return result;
  }

  #refuseLate(): void {
    if (this.#isOver) throw new TransactionOver();
  }
}

type Statement = Promise<unknown> & {
  handler: (statement: Statement) => unknown;
  reject: (error: Error) => void;
};

const isStatement = (value: unknown): value is Statement =>
  value instanceof Promise && "handler" in value && typeof value.handler === "function";

const isAct = (value: unknown): value is (sql: TransactionSql) => unknown => typeof value === "function";
