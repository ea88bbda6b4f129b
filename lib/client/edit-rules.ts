// What may be changed in a payload, said before it is tried. The server decides; this spares the way there and back.
import { jsonFault, prettyJson } from "#lib/client/json-text.ts";
import { parseExact } from "#lib/core/exact-json.ts";
import { changesBetween, type EditPolicy, forbiddenChanges, lockedChanges } from "#lib/core/payload-edit.ts";

/** `isFree`: whether this person may change all that is not locked. */
export type EditRules = EditPolicy & { isFree: boolean };

const bytesMax = 1_048_576;

/** What the editor says above the payload. */
export function ruleWords({ allowed, locked, isFree }: EditRules): string {
  const never =
    locked.length === 0
      ? ""
      : ` ${list(locked)} ${locked.length === 1 ? "is" : "are"} locked: nobody changes that here.`;
  const own = "Its id, its owner and its keys stay as they are.";
  if (isFree) return `You may change the whole payload.${never} ${own}`;
  if (allowed.length === 0)
    return "This provider's policy lets your role change nothing: ask the technical team, or reject the record.";
  return `You may change ${list(allowed)}, and nothing else.${never} ${own}`;
}

const list = (places: readonly string[]): string => places.map((place) => place || "everything").join(", ");

/** `isBroken`: worth saying while it is typed. */
export type EditFault = { sentence: string; isBroken: boolean };

/** Why a corrected payload can't go on; null when it can. */
export function editFault(before: string, text: string, rules: EditRules): EditFault | null {
  const fault = jsonFault(text);
  if (fault !== null)
    return { sentence: `Line ${fault.line}, column ${fault.column}: ${fault.what}.`, isBroken: true };
  if (new TextEncoder().encode(text).length > bytesMax)
    return { sentence: "It is larger than 1 MiB, the most that a payload may be.", isBroken: true };
  if (prettyJson(before) === prettyJson(text))
    return { sentence: "Nothing is changed yet. To send it as it is, use Retry.", isBroken: false };
  const [old, now] = [parseExact(before), parseExact(text)];
  const changes = changesBetween(old, now, 200);
  if (changes.length === 0)
    return { sentence: "Only its layout is changed. To send it as it is, use Retry.", isBroken: false };
  const locked = lockedChanges(old, now, rules);
  if (locked.length > 0)
    return {
      sentence: `${list(locked)} must stay as it was: the provider's policy locks it.`,
      isBroken: true,
    };
  const forbidden = rules.isFree ? [] : forbiddenChanges(changes, rules);
  if (forbidden.length === 0) return null;
  return {
    sentence: `${list(forbidden.slice(0, 5))} must stay as it was: your role may change only ${list(rules.allowed) || "nothing"}.`,
    isBroken: true,
  };
}
