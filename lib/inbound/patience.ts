// How long the database is waited for.

/** The work may still go on, and even commit: whoever repeats the call is then a duplicate. */
export class TookTooLong extends Error {
  override name = "TookTooLong";
  constructor() {
    super("the database took too long");
  }
}

/**
 * What `work` comes to.
 *
 * @throws TookTooLong when it has not ended after `ms`; it goes on by itself.
 */
export async function inTime<Result>(work: Promise<Result>, ms: number): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TookTooLong()), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
