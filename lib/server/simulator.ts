// The simulator's own API, behind our sessions and permissions.
import type { z } from "zod";
import { Problem } from "#lib/contract/problem.ts";
import type { Env } from "#lib/node/env.ts";
import { Refusal } from "#lib/server/problem.ts";

const patienceMs = 5_000;

type Ask = { method?: "GET" | "PATCH"; path: string; body?: unknown };

/** @throws Refusal 404 without a simulator, 503 when it does not answer, and what the simulator itself refuses. */
export async function askSimulator<Shape extends z.ZodType>(
  { REDRIVE_SIMULATOR_URL: base }: Env,
  shape: Shape,
  ask: Ask,
): Promise<z.output<Shape>> {
  if (!base) throw new Refusal("not_found", "There is no simulator here: REDRIVE_SIMULATOR_URL is not set.");
  const { method = "GET", path, body } = ask;
  const response = await fetch(new URL(path, base), {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(patienceMs),
  }).catch((error: unknown) => {
    throw Object.assign(new Refusal("unavailable", "The simulator does not answer."), { cause: error });
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) {
    const { success, data } = shape.safeParse(answer);
    if (success) return data;
    throw new Refusal("unavailable", "The simulator answers what is not known here; is it another version?");
  }
  const problem = Problem.safeParse(answer);
  if (!problem.success) throw new Refusal("unavailable", `The simulator answered ${response.status}.`);
  throw new Refusal(problem.data.code, problem.data.detail, { errors: problem.data.errors });
}
