// How an operation may refuse: its own ways, and those of what it takes and of whom it is for.
import { isRepeatable, type Operation } from "#lib/contract/operation.ts";
import { type ProblemCode, problemKinds } from "#lib/contract/problem.ts";

export type May = Operation["may"];

/** Whether it is for people with a session and programs with a key. */
export const isForCallers = (may: May): boolean => typeof may === "string" || !("proof" in may);

/** All codes that an operation may be refused with: its own, and those of what it takes. */
export function problemsOf(operation: Operation): ProblemCode[] {
  const { may, params, input, ifMatch, problems = [] } = operation;
  const isOpen = typeof may === "object" && "proof" in may && may.proof === "none";
  const isProven =
    isForCallers(may) || (typeof may === "object" && "proof" in may && may.proof === "end_user");
  const codes: (ProblemCode | false | undefined)[] = [
    !isOpen && "unauthenticated",
    isProven && "forbidden",
    params && "not_found",
    (input || isRepeatable(operation)) && isForCallers(may) && "conflict",
    ifMatch && "version_mismatch",
    input && "payload_too_large",
    input && "unsupported_media_type",
    !isOpen && "invalid_input",
    ...problems,
    "rate_limited",
    "internal",
    "unavailable",
  ];
  return [...new Set(codes.filter((code) => typeof code === "string"))];
}

/** Those codes by their status. */
export function byStatus(operation: Operation): [number, ProblemCode[]][] {
  const grouped = Map.groupBy(problemsOf(operation), (code) => problemKinds[code].status);
  return [...grouped].sort(([one], [other]) => one - other);
}

/** What the description calls a set of codes. */
export const nameOf = (codes: readonly ProblemCode[]): string => [...codes].sort().join("-or-");
