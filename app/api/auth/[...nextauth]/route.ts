import * as nextAuth from "next-auth";
import { authOptions } from "#lib/server/auth.ts";
import { deps } from "#lib/server/deps.ts";

export const dynamic = "force-dynamic";

// The package is CommonJS: its default is the function in a bundle, and an object around it in Node.
const outer: unknown = nextAuth.default;
const NextAuth = (
  typeof outer === "function" ? outer : (outer as { default: unknown }).default
) as typeof nextAuth.default;

type Context = { params: Promise<{ nextauth: string[] }> };

const handle = (request: Request, context: Context): Promise<Response> =>
  NextAuth(request as never, context as never, authOptions(deps()));

export { handle as GET, handle as POST };
