// Why the API refused, or that it could not be reached.

/** A field that is wrong, and how to mend it. */
export type FieldProblem = { field: string; message: string };

/** What the API says of an error (RFC 9457); `code` does not change, docs/api.md lists them. */
export type Problem = {
  code: string;
  title: string;
  detail: string;
  status: number;
  errors?: readonly FieldProblem[];
  /** For `conflict`: who was first, and when. */
  by?: string;
  at?: string;
};

/**
 * A call that did not do what it should. Its message is a sentence for people; it never holds the key.
 *
 * `code` is the API's, like `invalid_input`, or one of the client's own: `unreachable` (no answer came, however often it was
 * tried), `timeout`, `not_an_api` (something answers there that is not Redrive).
 */
export class RedriveError extends Error {
  override name = "RedriveError";
  readonly code: string;
  /** The answer's status; 0 where none came. */
  readonly status: number;
  readonly problem: Problem | null;

  constructor(
    code: string,
    message: string,
    given: { status?: number; problem?: Problem; cause?: unknown } = {},
  ) {
    super(message, { cause: given.cause });
    this.code = code;
    this.status = given.status ?? 0;
    this.problem = given.problem ?? null;
  }
}

/** An answer that is not a success, as an error. */
export async function refusalOf(response: Response, url: string): Promise<RedriveError> {
  const problem = asProblem(await response.text().catch(() => ""));
  const { status } = response;
  if (problem) return new RedriveError(problem.code, problem.detail || problem.title, { status, problem });
  return new RedriveError(
    status >= 500 ? "unavailable" : "not_an_api",
    `${url} answered ${status}, and not as Redrive's API does: check the address.`,
    { status },
  );
}

function asProblem(text: string): Problem | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isProblem(value) ? value : null;
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === "object" &&
  value !== null &&
  "code" in value &&
  typeof value.code === "string" &&
  "detail" in value &&
  typeof value.detail === "string";
