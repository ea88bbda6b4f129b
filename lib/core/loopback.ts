// The provider that Redrive brings along: an echo inside each worker. What is delivered to it has gone the whole way, from
// the outbox over a worker and HTTP to its settlement.

/** Its slug, unless the installation had a provider of that name before. */
export const loopbackSlug = "loopback";
/** The adapter that only it has: what tells it from the providers that people made. */
export const loopbackAdapter = "loopback";
/** Its address in the policy; each worker puts its own echo in its place. */
export const loopbackUrl = "loopback:echo";

/** Whether a provider is Redrive's own: shown apart from the others, and never deleted. */
export const isBuiltIn = ({ adapter }: { adapter: string }): boolean => adapter === loopbackAdapter;
