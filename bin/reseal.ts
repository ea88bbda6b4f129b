// `npm run reseal`: seals every stored secret anew under REDRIVE_SECRET, so that REDRIVE_SECRET_PREVIOUS can be dropped.
// Safe to run again.
import { CannotStart, orExit } from "#bin/exit.ts";
import { connectSql } from "#db/client.ts";
import { refuseUnmigrated } from "#db/migrate.ts";
import { resealSecrets } from "#db/writes/reseal-secrets.ts";
import { readEnv, required } from "#lib/node/env.ts";
import { isSealedUnderPresent, type Keyring, requiredKeyring, seal, unseal } from "#lib/node/secrets.ts";

// Above what runs at once, which reads it.
const owners = { provider: "provider", inbound: "source of webhooks" } as const;

await orExit(async () => {
  const env = readEnv();
  const keys = requiredKeyring(env);
  const url = required(env, "DATABASE_URL");
  await refuseUnmigrated(url);
  const sql = connectSql(url, { name: "redrive reseal", max: 1 });
  try {
    const { providers, already, sources, sourcesAlready, tokens } = await resealSecrets(sql, {
      isSealedUnderPresent: (sealed) => isSealedUnderPresent(keys, sealed),
      reseal: (of, slug, sealed) => reseal(keys, of, slug, sealed),
    });
    process.stdout.write(
      `Providers' secrets sealed anew: ${providers}; sealed under REDRIVE_SECRET already: ${already}.\n` +
        `Secrets of sources of webhooks sealed anew: ${sources}; already: ${sourcesAlready}.\n` +
        `Access tokens dropped, to be fetched anew: ${tokens}.\n`,
    );
  } finally {
    await sql.end({ timeout: 5 });
  }
});

function reseal(keys: Keyring, of: keyof typeof owners, slug: string, sealed: string): string {
  const bound = `${of}:${slug}`;
  let plain: string;
  try {
    plain = unseal(keys, bound, sealed);
  } catch (error) {
    throw new CannotStart(
      `The secret of the ${owners[of]} "${slug}" can't be opened (${(error as Error).message}): name the secret that it was sealed under in REDRIVE_SECRET_PREVIOUS, or give the ${owners[of]} its secret anew. Nothing was changed.`,
    );
  }
  return seal(keys, bound, plain);
}
