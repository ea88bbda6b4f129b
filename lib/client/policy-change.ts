// A change of policy while it is typed: what differs, what is sent, and how it stands beside a change that somebody else
// made meanwhile. Pure.
import { type PolicyField, policyFields } from "#lib/client/policy-fields.ts";
import { authWords } from "#lib/client/policy-words.ts";
import { PatchProvider, ProviderPolicy } from "#lib/contract/policy.ts";
import { secretOf, withoutSecrets } from "#lib/contract/provider-secrets.ts";

/** A field that says no: its path on the wire, and what to mend. */
export type FieldError = { field: string; message: string };

/** A setting before and after. */
export type ChangeLine = { field: string; name: string; before: string[]; after: string[] };

/** The policy of a provider, without what stands beside it. */
export function policyOf(provider: ProviderPolicy): ProviderPolicy {
  const names = Object.keys(ProviderPolicy.shape) as (keyof ProviderPolicy)[];
  return Object.fromEntries(names.map((name) => [name, provider[name]])) as ProviderPolicy;
}

const groups = ["timeoutMs", "backoff", "breaker", "windows", "limits", "flags", "edit"] as const;
type Group = (typeof groups)[number];
const isGroup = (name: string): name is Group => groups.some((group) => group === name);

/** What is sent for a draft: only what differs, of the groups only their members. */
export function patchOf(base: ProviderPolicy, draft: ProviderPolicy): PatchProvider {
  const settled = withRoom(base, draft);
  const changed = Object.entries(settled).flatMap(([name, value]) => {
    const before: unknown = base[name as keyof ProviderPolicy];
    if (isSame(before, value)) return [];
    if (!isGroup(name)) return [[name, value]];
    const was = new Map(Object.entries(base[name]));
    const members = Object.entries(settled[name]).filter(
      ([member, inner]) => !isSame(was.get(member), inner),
    );
    return [[name, Object.fromEntries(members)]];
  });
  return Object.fromEntries(changed);
}

/** More records at once need as many connections, as the server would give them. */
function withRoom(base: ProviderPolicy, draft: ProviderPolicy): ProviderPolicy {
  const given = draft.connectionsMax !== base.connectionsMax || draft.batchSizeMax === base.batchSizeMax;
  if (given || Number.isNaN(draft.batchSizeMax)) return draft;
  return { ...draft, connectionsMax: Math.max(draft.connectionsMax, draft.batchSizeMax) };
}

/** A change on top of another policy: what was typed stands, all else is the other's. */
export function rebase(base: ProviderPolicy, draft: ProviderPolicy, onto: ProviderPolicy): ProviderPolicy {
  const { timeoutMs, backoff, breaker, windows, limits, flags, edit, ...flat } = patchOf(base, draft);
  return {
    ...onto,
    ...(flat as Partial<ProviderPolicy>),
    timeoutMs: { ...onto.timeoutMs, ...timeoutMs },
    backoff: { ...onto.backoff, ...backoff },
    breaker: { ...onto.breaker, ...breaker },
    windows: { ...onto.windows, ...windows },
    limits: { ...onto.limits, ...limits },
    flags: { ...onto.flags, ...flags },
    edit: { ...onto.edit, ...edit },
  };
}

/** Each setting that would change, before and after; a secret only as "replaced". */
export function changeLines(base: ProviderPolicy, draft: ProviderPolicy): ChangeLine[] {
  const settled = withRoom(base, draft);
  return policyFields
    .filter(({ path }) => !isSameAt(base, settled, path))
    .map((field) => lineOf(field, base, settled));
}

function lineOf(field: PolicyField, base: ProviderPolicy, draft: ProviderPolicy): ChangeLine {
  const { path, name } = field;
  if (path === "auth") return { field: path, name, ...authLine(base, draft) };
  const [before, after] = [field.words(base), field.words(draft)];
  const gone = before.filter((line) => !after.includes(line));
  const come = after.filter((line) => !before.includes(line));
  // The same entries in another order: then the order is the change.
  const moved = gone.length === 0 && come.length === 0;
  return moved
    ? { field: path, name, before: numbered(before), after: numbered(after) }
    : { field: path, name, before: gone, after: come };
}

const numbered = (lines: readonly string[]): string[] => lines.map((line, index) => `${index + 1}. ${line}`);

function authLine({ auth: before }: ProviderPolicy, { auth: after }: ProviderPolicy) {
  const isGiven = secretOf(after)?.isGiven ?? false;
  const same = isSame(before, withoutSecrets(after));
  const replaced = isGiven && before.kind === after.kind ? ["its secret: replaced"] : [];
  return same
    ? { before: ["its secret: stored"], after: ["its secret: replaced"] }
    : { before: [authWords(before)], after: [authWords(after), ...replaced] };
}

/** The settings that both changed, and not to the same. */
export function bothChanged(
  base: ProviderPolicy,
  draft: ProviderPolicy,
  theirs: ProviderPolicy,
): { name: string; theirs: string[]; yours: string[] }[] {
  const mine = new Set(changeLines(base, draft).map(({ field }) => field));
  return changeLines(base, theirs)
    .filter(({ field }) => mine.has(field) && !isSameAt(draft, theirs, field))
    .map(({ field, name, after }) => ({
      name,
      theirs: after.length === 0 ? ["(taken out)"] : after,
      yours: changeLines(theirs, draft).find((line) => line.field === field)?.after ?? [],
    }));
}

/** What the shapes alone say of a draft, before anything is sent; whether it fits together, the server says. */
export function shapeErrors(patch: PatchProvider): FieldError[] {
  const parsed = PatchProvider.safeParse(patch);
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, code, message }) => ({
    field: path.map(String).join("."),
    message: code === "invalid_type" ? `must be ${kinds[expectedIn(message)] ?? "given"}` : plainly(message),
  }));
}

const kinds: Record<string, string> = {
  number: "a number",
  int: "a whole number",
  record: "a JSON object, like {}",
  string: "a text",
};

const expectedIn = (message: string): string => /expected (\w+)/.exec(message)?.[1] ?? "";

/** The library's own words for what people type most often. */
function plainly(message: string): string {
  const [, direction, bound] =
    /^Too (small|big): expected (?:number|string|int) to (?:be|have) [<>]=?(\d+)/.exec(message) ?? [];
  if (bound === undefined) return message;
  if (message.includes("string")) return direction === "small" ? "must not be empty" : `is too long`;
  return direction === "small" ? `must be at least ${bound}` : `must be at most ${bound}`;
}

function at(policy: ProviderPolicy, path: string): unknown {
  let value: unknown = policy;
  for (const name of path.split("."))
    value = value !== null && typeof value === "object" ? Reflect.get(value, name) : undefined;
  return value;
}

/** Whether two policies say the same at a path. */
export const isSameAt = (one: ProviderPolicy, other: ProviderPolicy, path: string): boolean =>
  isSame(at(one, path), at(other, path));

/** As JSON, whatever the order of members; what is left out is as if it were not there. */
const isSame = (one: unknown, other: unknown): boolean => stable(one) === stable(other);

const stable = (value: unknown): string => JSON.stringify(sorted(value)) ?? "";

function sorted(value: unknown): unknown {
  if (typeof value === "number" && Number.isNaN(value)) return "no number";
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
