// Correcting an own record: the form, and what it sends.
import { offered, type Press, recordOf, type Screen, type Seen } from "#app/(portal)/serve.ts";
import { fixScreen, nothingTyped, type Typed } from "#components/portal/screens.ts";
import { fixOwn } from "#db/writes/fix-own.ts";
import { type PortalField, typed } from "#lib/core/portal-fields.ts";
import { asRefusal } from "#lib/server/problem.ts";

export const showFix = (seen: Seen): Promise<Screen> => fixForm(seen, nothingTyped, 200);

async function fixForm(seen: Seen, given: Typed, status: number): Promise<Screen> {
  const { record } = await recordOf(seen);
  offered(record, "fix");
  return { title: `Fix ${record.title}`, body: fixScreen(record, given, seen), status };
}

/** What the form calls a field's value. */
const prefix = "field:";

export const sendFix: Press["act"] = async (sent) => {
  const { deps, id, caller, form } = sent;
  const values = Object.fromEntries(
    [...form].flatMap(([name, text]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), text]] : [])),
  );
  const corrections = Object.entries(values).map(
    ([pointer, text]) => [pointer, (field: PortalField) => typed(field, text)] as const,
  );
  try {
    await fixOwn(deps.sql, { id, owner: caller.owner }, new Map(corrections));
    return null;
  } catch (error) {
    const { code, extras } = asRefusal(error);
    if (code !== "invalid_input") throw error;
    // The form again, with what was typed and what is wrong beside it.
    const errors = Object.fromEntries(
      (extras.errors ?? []).map(({ field, message }) => [field.slice("fields.".length), `It ${message}.`]),
    );
    const isKnown = Object.keys(errors).some((pointer) => Object.hasOwn(values, pointer));
    return fixForm(
      sent,
      { values, errors, general: isKnown ? null : "Change something first, then resend it." },
      422,
    );
  }
};
