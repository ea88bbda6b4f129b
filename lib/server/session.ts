// Sessions for pages: who looks at this page, or the way to the sign-in page.
import { cookies } from "next/headers";
import { notFound, redirect } from "next/navigation";
import type { Permission } from "#lib/core/access.ts";
import { sessionCaller, sessionCookieName, type UserCaller } from "#lib/server/caller.ts";
import { deps } from "#lib/server/deps.ts";

/** The person signed in, or null. */
export async function currentUser(): Promise<UserCaller | null> {
  const own = deps();
  return sessionCaller((await cookies()).get(sessionCookieName(own))?.value, own);
}

/**
 * The person who looks at a page. Without a session it redirects to the sign-in page and back to `here` afterwards; a
 * person without the permission gets the page for what does not exist.
 */
export async function pageCaller(permission: Permission, here = "/overview"): Promise<UserCaller> {
  const user = await currentUser();
  if (!user) redirect(`/signin?next=${encodeURIComponent(here)}`);
  if (!user.may(permission)) notFound();
  return user;
}
