// What somebody changed in a payload, and whether they may. Places are JSON Pointers (RFC 6901): `/customer/postal_code`.
import { type Exact, ExactNumber } from "#lib/core/exact-json.ts";

/** One place that changed; without `old` it was added, without `new` it was taken out. */
export type Change = { path: string; old?: Exact; new?: Exact };

/** What a provider's policy says of correcting its payloads. */
export type EditPolicy = { allowed: readonly string[]; locked: readonly string[] };

type Found = { present: true; value: Exact } | { present: false };
const missing: Found = { present: false };

export const isPointer = (text: string): boolean => /^(?:\/(?:[^~/]|~[01])*)*$/.test(text);

const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
const unescaped = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");

const isBranch = (value: Exact): value is Exact[] | { [name: string]: Exact } =>
  typeof value === "object" && value !== null && !(value instanceof ExactNumber);

const namesOf = (value: Exact[] | { [name: string]: Exact }): string[] => Object.keys(value);

function member(value: Exact, name: string): Found {
  if (!isBranch(value)) return missing;
  // An array's places are plain numbers: `01` and `length` name nothing.
  if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(name)) return missing;
  if (!Object.hasOwn(value, name)) return missing;
  return { present: true, value: (value as { [name: string]: Exact })[name] as Exact };
}

/** The value at a pointer. */
export function valueAt(document: Exact, pointer: string): Found {
  let found: Found = { present: true, value: document };
  for (const part of pointer.split("/").slice(1)) {
    if (!found.present) return missing;
    found = member(found.value, unescaped(part));
  }
  return found;
}

/**
 * Every place that differs, as deep as it can be named: a new object is told by its members.
 *
 * @param most stops after so many.
 */
export function changesBetween(old: Exact, now: Exact, most = Number.POSITIVE_INFINITY): Change[] {
  const changes: Change[] = [];
  const open: { path: string; old: Found; now: Found }[] = [
    { path: "", old: { present: true, value: old }, now: { present: true, value: now } },
  ];
  for (let next = open.pop(); next !== undefined && changes.length < most; next = open.pop()) {
    const branches = [next.old, next.now].filter((side) => side.present).map(({ value }) => value);
    const first = branches[0];
    const areBranches =
      first !== undefined &&
      branches.every((value) => isBranch(value) && Array.isArray(value) === Array.isArray(first));
    const names = areBranches
      ? [...new Set(branches.flatMap((value) => (isBranch(value) ? namesOf(value) : [])))]
      : [];
    if (areBranches && (names.length > 0 || branches.length === 2)) {
      for (const name of names.toReversed()) {
        open.push({
          path: `${next.path}/${escaped(name)}`,
          old: next.old.present ? member(next.old.value, name) : missing,
          now: next.now.present ? member(next.now.value, name) : missing,
        });
      }
    } else if (!isSameLeaf(next.old, next.now)) {
      changes.push({
        path: next.path,
        ...(next.old.present ? { old: next.old.value } : {}),
        ...(next.now.present ? { new: next.now.value } : {}),
      });
    }
  }
  return changes;
}

function isSameLeaf(old: Found, now: Found): boolean {
  if (!old.present || !now.present) return old.present === now.present;
  if (old.value instanceof ExactNumber && now.value instanceof ExactNumber)
    return old.value.digits === now.value.digits;
  return old.value === now.value;
}

const isSame = (old: Found, now: Found): boolean =>
  old.present && now.present
    ? changesBetween(old.value, now.value, 1).length === 0
    : old.present === now.present;

const lies = (path: string, within: string): boolean => path === within || path.startsWith(`${within}/`);

/** Locked places whose value is another now, or gone. */
export const lockedChanges = (old: Exact, now: Exact, { locked }: Pick<EditPolicy, "locked">): string[] =>
  locked.filter((pointer) => !isSame(valueAt(old, pointer), valueAt(now, pointer)));

/** Changes outside of what is allowed. */
export const forbiddenChanges = (
  changes: readonly Change[],
  { allowed }: Pick<EditPolicy, "allowed">,
): string[] =>
  changes.map(({ path }) => path).filter((path) => !allowed.some((pointer) => lies(path, pointer)));
