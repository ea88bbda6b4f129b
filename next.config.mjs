/** @type {import("next").NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  // Types are a step of the tests; a start does not wait for them a second time.
  typescript: { ignoreBuildErrors: true },
  // Native and server-only packages stay out of the bundle and are loaded from node_modules.
  serverExternalPackages: ["@node-rs/argon2", "postgres", "pino", "graphile-worker"],
  headers: async () => [
    {
      // End users' pages say themselves who may frame them and what their addresses tell others.
      source: "/((?!(?:embed/)?my(?:/[^/]+(?:/(?:retry|undo|withdraw|fix))?)?$).*)",
      headers: [
        { key: "X-Content-Type-Options", value: "nosniff" },
        { key: "X-Frame-Options", value: "DENY" },
        // A record's address stays inside: providers' pages never learn it from a link.
        { key: "Referrer-Policy", value: "same-origin" },
      ],
    },
  ],
  experimental: {
    optimizePackageImports: ["@mantine/core", "@mantine/hooks", "@mantine/charts", "@tabler/icons-react"],
  },
};
