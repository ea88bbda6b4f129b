// One undici pool per provider: bounded sockets, kept alive, shared by everything that calls the provider. A pool is
// replaced when what it was built from changes; requests under way finish on the old one.
import { buildConnector, Pool } from "undici";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { isBuiltIn } from "#lib/core/loopback.ts";
import { AddressRefused, guardedLookup, isPrivateAddress, literalAddress } from "#lib/node/address-guard.ts";

export type Pools = {
  /** The provider's pool for an origin; made on first use. */
  of: (provider: string, origin: string, policy: ProviderPolicy) => Pool;
  close: () => Promise<void>;
};

type Given = {
  allowPrivate: boolean;
  /** The worker's own echo: the built-in provider may always be there, and no other. */
  echo?: string;
};

export function createPools({ allowPrivate, echo }: Given): Pools {
  const pools = new Map<string, { pool: Pool; builtFrom: string }>();
  return {
    of(provider, origin, policy) {
      const key = `${provider} ${origin}`;
      const builtFrom = JSON.stringify([policy.timeoutMs, policy.connectionsMax, policy.batchSizeMax]);
      const known = pools.get(key);
      if (known?.builtFrom === builtFrom) return known.pool;
      // An old pool takes no new requests and ends with its last one; a failure to close it has nobody to tell.
      known?.pool.close().catch(() => known.pool.destroy());
      const pool = createPool(origin, policy, allowPrivate || (isBuiltIn(policy) && origin === echo));
      pools.set(key, { pool, builtFrom });
      return pool;
    },
    async close() {
      await Promise.all([...pools.values()].map(({ pool }) => pool.destroy()));
      pools.clear();
    },
  };
}

function createPool(origin: string, policy: ProviderPolicy, allowPrivate: boolean): Pool {
  return new Pool(origin, {
    // A request that waits for a socket waits unseen and would count as the provider's latency.
    connections: Math.max(policy.connectionsMax, policy.batchSizeMax),
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 30_000,
    keepAliveMaxTimeout: 600_000,
    headersTimeout: policy.timeoutMs.headers,
    bodyTimeout: policy.timeoutMs.total,
    connect: guardedConnector(policy.timeoutMs.connect, allowPrivate),
  });
}

function guardedConnector(timeout: number, allowPrivate: boolean): buildConnector.connector {
  if (allowPrivate) return buildConnector({ timeout });
  const connect = buildConnector({ timeout, lookup: guardedLookup });
  return (options, callback) => {
    const literal = literalAddress(options.hostname);
    if (literal !== null && isPrivateAddress(literal)) return callback(new AddressRefused(literal), null);
    connect(options, (...result) => {
      const socket = result[1];
      const address = socket?.remoteAddress;
      if (socket && (address === undefined || isPrivateAddress(address))) {
        socket.destroy();
        return callback(new AddressRefused(address ?? "of the socket"), null);
      }
      callback(...result);
    });
  };
}
