// Who asks: a person with a session, or a program with a key. Anything unclear is nobody.
import { timingSafeEqual } from "node:crypto";
import { decode } from "next-auth/jwt";
import { type PresentedKey, readPresentedKey } from "#db/reads/keys.ts";
import { readUser, type User } from "#db/reads/people.ts";
import { keyUseMs, noteKeyUse } from "#db/writes/note-key-use.ts";
import {
  may,
  type Permission,
  permissions,
  permissionsOf,
  type Role,
  roles,
  scopes,
} from "#lib/core/access.ts";
import type { Bounds } from "#lib/core/key.ts";
import { required } from "#lib/node/env.ts";
import { noteKey, refuseGuesser } from "#lib/server/api-rate.ts";
import type { Deps } from "#lib/server/deps.ts";
import { hashOfKey } from "#lib/server/fresh-key.ts";
import { Refusal } from "#lib/server/problem.ts";

export type UserCaller = {
  kind: "user";
  id: string;
  email: string;
  name: string;
  role: Role;
  /** What timelines and the audit show. */
  actor: string;
  may: (permission: Permission) => boolean;
};
export type KeyCaller = {
  kind: "key";
  id: string;
  name: string;
  permissions: readonly Permission[];
  bounds: Bounds;
  actor: string;
  may: (permission: Permission) => boolean;
};
export type Caller = UserCaller | KeyCaller;

/** What our session token carries; the rest is read from the database at each request. */
export type SessionToken = { sub: string; sessionVersion: number };

/**
 * The caller of a request.
 *
 * @throws Refusal `unauthenticated` when there is no key and no session, or one that is not valid.
 */
export async function callerOf(request: Request, deps: Deps): Promise<Caller> {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) return keyCaller(authorization, request, deps);
  const user = await sessionOf(request, deps);
  if (user) return user;
  throw new Refusal("unauthenticated", "Sign in, or send an API key as: Authorization: Bearer <key>.");
}

/** The person whose session comes with a request; null without one. */
export const sessionOf = (request: Request, deps: Deps): Promise<UserCaller | null> =>
  sessionCaller(cookieOf(request, sessionCookieName(deps)), deps);

/** The name that next-auth gives the session's cookie; on https a browser ties it to secure connections. */
export function sessionCookieName({ env }: Pick<Deps, "env">): string {
  return `${env.NEXTAUTH_URL?.startsWith("https://") ? "__Secure-" : ""}next-auth.session-token`;
}

/** The person a session's cookie belongs to; null when it is missing, expired, revoked, or the person is disabled. */
export async function sessionCaller(cookie: string | undefined, deps: Deps): Promise<UserCaller | null> {
  const token = await readToken(cookie, required(deps.env, "NEXTAUTH_SECRET"));
  if (!token) return null;
  const user = await readUser(deps.db, token.sub);
  if (!user || user.isDisabled || user.sessionVersion !== token.sessionVersion) return null;
  return userCaller(user);
}

/** A person as they act, however they proved who they are. */
export const userCaller = ({
  id,
  email,
  name,
  role,
}: Pick<User, "id" | "email" | "name" | "role">): UserCaller => ({
  kind: "user",
  id,
  email,
  name,
  role,
  actor: `${name} <${email}>`,
  may: (permission) => may(role, permission),
});

async function readToken(cookie: string | undefined, secret: string): Promise<SessionToken | null> {
  if (!cookie) return null;
  // A cookie that does not decrypt is someone else's or expired: no session, and no error of ours.
  const token = await decode({ token: cookie, secret }).catch(() => null);
  return typeof token?.sub === "string" && typeof token.sessionVersion === "number"
    ? { sub: token.sub, sessionVersion: token.sessionVersion }
    : null;
}

function cookieOf(request: Request, name: string): string | undefined {
  const pairs = (request.headers.get("cookie") ?? "").split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

const unbounded: Bounds = { providers: null, owner: null };

async function keyCaller(authorization: string, request: Request, deps: Deps): Promise<KeyCaller> {
  const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (!key) {
    throw new Refusal("unauthenticated", "The Authorization header must read: Bearer <API key>.");
  }
  const hash = hashOfKey(key);
  const { REDRIVE_API_KEY: bootstrap } = deps.env;
  if (bootstrap && timingSafeEqual(hash, hashOfKey(bootstrap))) {
    return aKeyCaller({ id: "bootstrap", name: "bootstrap", permissions, ...unbounded });
  }
  const keyHash = hash.toString("hex");
  await refuseGuesser(request, keyHash, deps.env);
  const found = await readPresentedKey(deps.db, keyHash);
  noteKey(keyHash, found?.state === "active", deps.env);
  if (!found) throw new Refusal("unauthenticated", "This API key is not known.");
  if (found.state === "revoked") throw new Refusal("unauthenticated", "This API key was revoked.");
  if (found.state === "expired") throw new Refusal("unauthenticated", "This API key has expired.");
  await noteUse(found, deps);
  return aKeyCaller(found);
}

/** A use that can't be noted, as on a database that is read-only for a while, refuses nobody. */
async function noteUse({ id, lastUsedAt }: PresentedKey, { sql, log }: Deps): Promise<void> {
  if (lastUsedAt !== null && Date.now() - Date.parse(lastUsedAt) < keyUseMs) return;
  await noteKeyUse(sql, id).catch((error: unknown) =>
    log.warn({ err: error, key: id }, "the use of a key was not noted"),
  );
}

type KeyParts = Pick<KeyCaller, "id" | "name" | "permissions"> & Bounds;

const aKeyCaller = ({ id, name, permissions, providers, owner }: KeyParts): KeyCaller => ({
  kind: "key",
  id,
  name,
  permissions,
  bounds: { providers, owner },
  actor: `key: ${name}`,
  may: (permission) => permissions.includes(permission),
});

/** What a permission lets one do, to end "may not …". */
const acts: Record<Permission, string> = {
  see: "see this",
  see_payload: "see payloads",
  enqueue: "enqueue records",
  retry_technical: "retry technical failures",
  retry_client_data: "retry failures of client data",
  reject_technical: "reject or reopen technical failures",
  reject_client_data: "reject or reopen failures of client data",
  bulk: "start, pause or cancel bulk operations",
  bulk_many: "act on more than 1,000 records at once",
  assign: "assign failures, or move them to another team",
  edit_allowed: "correct payloads",
  edit: "correct any part of a payload",
  operate: "pause, resume or probe a provider, or answer alerts",
  manage_providers: "manage providers",
  manage_desk: "manage teams, channels, alert rules and canaries",
  mint_tokens: "make tokens for end users",
  manage_keys: "manage API keys",
  simulate: "use the simulator",
};

/** `the scope admin gives it`, `the scopes read, operate and admin give it`. */
function givenBy(permission: Permission): string {
  const given = scopes.filter((scope) => permissionsOf([scope]).includes(permission));
  return given.length === 1 ? `the scope ${given[0]} gives it` : `the scopes ${words.format(given)} give it`;
}

const words = new Intl.ListFormat("en-GB");

/** Why a caller may not do a thing, and who may. */
export function denial(caller: Caller, permission: Permission): Refusal {
  if (caller.kind === "key") {
    return new Refusal(
      "forbidden",
      `The key "${caller.name}" may not ${acts[permission]}: it lacks the permission ${permission}; ${givenBy(permission)}.`,
    );
  }
  const holders = roles.filter((role) => may(role, permission)).join(", ");
  return new Refusal(
    "forbidden",
    `The role ${caller.role} may not ${acts[permission]} (${permission}); these roles may: ${holders}.`,
  );
}
