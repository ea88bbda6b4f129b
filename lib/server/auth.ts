// next-auth: a session is a signed, encrypted cookie that names the person and the version of their session. What they
// may do is read from the database at each request.
import type { NextAuthOptions } from "next-auth";
import type { CredentialsConfig } from "next-auth/providers/credentials";
import { addressOf } from "#lib/node/caller-address.ts";
import { required } from "#lib/node/env.ts";
import type { Deps } from "#lib/server/deps.ts";
import { Refusal } from "#lib/server/problem.ts";
import { signIn } from "#lib/server/sign-in.ts";

/** A session lasts a week, then one signs in again. */
const sessionSeconds = 7 * 24 * 3_600;

export function authOptions(deps: Deps): NextAuthOptions {
  const { env, log } = deps;
  return {
    secret: required(env, "NEXTAUTH_SECRET"),
    useSecureCookies: env.NEXTAUTH_URL?.startsWith("https://") ?? false,
    session: { strategy: "jwt", maxAge: sessionSeconds },
    pages: { signIn: "/signin", signOut: "/signin", error: "/signin" },
    providers: [passwordProvider(deps)],
    callbacks: {
      jwt: ({ token, user }) =>
        user && "sessionVersion" in user
          ? { sub: user.id, name: user.name, email: user.email, sessionVersion: user.sessionVersion }
          : token,
    },
    logger: {
      error: (code, metadata) => log.error({ code, metadata }, "sign-in failed"),
      warn: (code) => log.debug({ code }, "sign-in warning"),
      debug: () => {},
    },
  };
}

// Written out: the package's own function has another shape in Node than in a bundle.
const passwordProvider = (deps: Deps): CredentialsConfig => ({
  id: "credentials",
  name: "Password",
  type: "credentials",
  credentials: {
    email: { label: "E-mail", type: "email" },
    password: { label: "Password", type: "password" },
  },
  authorize: async (credentials, request) => {
    try {
      return await signIn(deps, {
        email: String(credentials?.email ?? ""),
        password: String(credentials?.password ?? ""),
        address: addressOf(request.headers?.["x-forwarded-for"]),
      });
    } catch (error) {
      // The message of an error is what next-auth shows: ours for a limit, nothing of the inside for the rest.
      if (error instanceof Refusal) throw error;
      deps.log.error({ err: error }, "sign-in failed");
      throw new Error("Signing in does not work now. Try again soon.");
    }
  },
});
