// What a new provider is given where nobody says it, by what kind it is.
import { type CreateProvider, ProviderPolicy } from "#lib/contract/policy.ts";
import { adapterFor } from "#lib/core/adapter-names.ts";

/** A handler writes into the application's own database: a burst must not take all of that. */
const handlersAtOnce = 3;

/** The whole policy of a new provider. */
export function newPolicy({ slug, name = slug, ...given }: CreateProvider): ProviderPolicy {
  const { batchSizeMax: usual, connectionsMax: connections } = ProviderPolicy.shape;
  const adapter = given.adapter ?? adapterFor(given.url);
  const isHandler = adapter === "handler";
  const batchSizeMax = given.batchSizeMax ?? (isHandler ? handlersAtOnce : usual.parse(undefined));
  // A batch can't be wider than the connections that carry it.
  const least = isHandler ? batchSizeMax : Math.max(connections.parse(undefined), batchSizeMax);
  return { ...given, name, adapter, batchSizeMax, connectionsMax: given.connectionsMax ?? least };
}
