// How the browser speaks to the API: JSON in, JSON out, and a problem as an error that can be shown.
import { Problem } from "#lib/contract/problem.ts";

/** The API refused, or could not be reached (`status` 0); its message is a sentence for people. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly problem: Problem | null;

  constructor(status: number, message: string, problem: Problem | null = null) {
    super(message);
    this.status = status;
    this.problem = problem;
  }
}

export const getJson = <T>(path: string, signal?: AbortSignal): Promise<T> => call(path, { signal });

type Method = "POST" | "PATCH" | "PUT" | "DELETE";

/** A body that is undefined is none. */
export const sendJson = <T>(
  method: Method,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<T> => sendText(method, path, body === undefined ? null : JSON.stringify(body), headers);

/** JSON that is text already, so that every digit of its numbers stays. */
export const sendText = <T>(
  method: Method,
  path: string,
  body: string | null,
  headers: Record<string, string> = {},
): Promise<T> =>
  call(path, {
    method,
    body,
    headers: { ...(body !== null && { "content-type": "application/json" }), ...headers },
  });

let serverAheadMs = 0;

/** How far the server's clock is ahead of the browser's, by its latest answer; to the second. */
export const serverAhead = (): number => serverAheadMs;

async function call<T>(path: string, init: RequestInit): Promise<T> {
  const response = await reach(path, init);
  if (!response.ok) throw await refusal(response);
  // 204 says that it is done, and nothing else.
  const body: T = response.status === 204 ? null : await response.json();
  return body;
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    const response = await fetch(`/api/v1${path}`, { ...init, credentials: "same-origin" });
    const saidMs = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(saidMs)) serverAheadMs = saidMs - Date.now();
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(
      0,
      "The dashboard's server could not be reached. Check the connection, then try again.",
    );
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const parsed = Problem.safeParse(await response.json().catch(() => null));
  if (!parsed.success) return new ApiError(response.status, `The server answered ${response.status}.`);
  return new ApiError(response.status, parsed.data.detail || parsed.data.title, parsed.data);
}

/** What to show of any error. */
export const sentenceOf = (error: unknown): string =>
  error instanceof Error && error.message !== "" ? error.message : "Something went wrong.";

/** `?a=1&b=2` of the values that are there. */
export function queryString(values: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value != null && value !== "");
  return given.length === 0
    ? ""
    : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
