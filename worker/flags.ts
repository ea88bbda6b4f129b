// A provider's switches at run time, asked through OpenFeature over the rows of the `flags` table: whoever has a flag
// service of their own can register it under the same names.
import {
  type EvaluationContext,
  type JsonValue,
  OpenFeature,
  type Provider,
  type ResolutionDetails,
  StandardResolutionReasons,
} from "@openfeature/server-sdk";
import { isIncluded } from "#lib/core/rollout.ts";

/** A provider's rows: name → value. */
export type FlagValues = Readonly<Record<string, unknown>>;

export type Flags = {
  /** The rows as they stand now. */
  set: (provider: string, values: FlagValues) => void;
  /** Whether everything but the call is done for a record; `key` is what is moved as one. */
  isShadowed: (provider: string, key: string) => boolean | Promise<boolean>;
};

/** `domain` keeps the workers of one process apart. */
export async function createFlags(domain: string): Promise<Flags> {
  const rows = new Map<string, FlagValues>();
  await OpenFeature.setProviderAndWait(domain, new TableProvider(rows));
  const client = OpenFeature.getClient(domain);
  return {
    set: (provider, values) => {
      rows.set(provider, values);
    },
    isShadowed: (provider, key) => {
      const values = rows.get(provider);
      // The hot path: where nothing is switched, nobody need be asked for each record.
      if (values === undefined || isAllSent(values)) return false;
      return client.getBooleanValue("sent", true, { targetingKey: key, provider }).then((sent) => !sent);
    },
  };
}

const isAllSent = ({ shadow, percentage }: FlagValues): boolean =>
  shadow !== true && (percentage === undefined || percentage === 100);

/** Flags `enabled` and `shadow` as they stand in the table, and `sent`: what shadow and percentage mean for a record. */
class TableProvider implements Provider {
  readonly metadata = { name: "redrive flags table" } as const;
  readonly #rows: ReadonlyMap<string, FlagValues>;

  constructor(rows: ReadonlyMap<string, FlagValues>) {
    this.#rows = rows;
  }

  async resolveBooleanEvaluation(
    name: string,
    fallback: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    const values = this.#valuesOf(context);
    if (values === undefined) return byDefault(fallback);
    if (name === "sent") return sent(values, context);
    const value = values[name];
    return typeof value === "boolean"
      ? { value, reason: StandardResolutionReasons.STATIC }
      : byDefault(fallback);
  }

  async resolveNumberEvaluation(
    name: string,
    fallback: number,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<number>> {
    const value = this.#valuesOf(context)?.[name];
    return typeof value === "number"
      ? { value, reason: StandardResolutionReasons.STATIC }
      : byDefault(fallback);
  }

  async resolveStringEvaluation(_: string, fallback: string): Promise<ResolutionDetails<string>> {
    return byDefault(fallback);
  }

  async resolveObjectEvaluation<T extends JsonValue>(_: string, fallback: T): Promise<ResolutionDetails<T>> {
    return byDefault(fallback);
  }

  #valuesOf({ provider }: EvaluationContext): FlagValues | undefined {
    return typeof provider === "string" ? this.#rows.get(provider) : undefined;
  }
}

function sent(
  values: FlagValues,
  { provider, targetingKey = "" }: EvaluationContext,
): ResolutionDetails<boolean> {
  if (values.shadow === true) return { value: false, reason: StandardResolutionReasons.STATIC };
  const percentage = typeof values.percentage === "number" ? values.percentage : 100;
  const value = isIncluded(String(provider), targetingKey, percentage);
  return { value, reason: StandardResolutionReasons.SPLIT };
}

const byDefault = <T>(value: T): ResolutionDetails<T> => ({
  value,
  reason: StandardResolutionReasons.DEFAULT,
});
