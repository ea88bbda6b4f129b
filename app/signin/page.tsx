import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SignInForm } from "#components/signin/signin-form.tsx";
import { nextPath } from "#lib/client/next-path.ts";
import { deps, isDemo } from "#lib/server/deps.ts";
import { currentUser } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<{ next?: string | string[] }> };

export default async function SignInPage({ searchParams }: Props) {
  const { next } = await searchParams;
  const path = nextPath(Array.isArray(next) ? next[0] : next);
  if (await currentUser()) redirect(path);
  const hint = isDemo(deps().env)
    ? "This is the demo. The e-mail address and the password stand where it was started."
    : null;
  return <SignInForm next={path} hint={hint} />;
}
