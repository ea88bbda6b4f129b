// A provider's switches at run time, asked through OpenFeature: the rows of the `flags` table, unless the application has
// registered a flag service of its own, for the domain `redrive` or as the default. That one is asked for `sent`, record by
// record, and what the table says is its default.
import {
  type EvaluationContext,
  type JsonValue,
  NOOP_PROVIDER,
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
  /**
   * Whether everything but the call is done for a record; `key` is what is moved as one. A canary proves the way that any share
   * takes, so it is sent where one is.
   */
  isShadowed: (provider: string, key: string, kind?: { canary: boolean }) => boolean | Promise<boolean>;
};

/** Where an application registers a flag service of its own. */
const theirDomain = "redrive";

/** Looked at for each question: a lookup in a map, and no order of start to get wrong. */
const isTheirs = (): boolean =>
  OpenFeature.getProviderMetadata(theirDomain).name !== NOOP_PROVIDER.metadata.name;

/** @param domain the table's, which keeps the workers of one process apart. */
export async function createFlags(domain: string): Promise<Flags> {
  const rows = new Map<string, FlagValues>();
  await OpenFeature.setProviderAndWait(domain, new TableProvider(rows));
  const ours = OpenFeature.getClient(domain);
  const theirs = OpenFeature.getClient(theirDomain);
  return {
    set: (provider, values) => {
      rows.set(provider, values);
    },
    isShadowed: (provider, key, { canary } = { canary: false }) => {
      const values = rows.get(provider) ?? {};
      const context = { targetingKey: key, provider, canary };
      if (isTheirs()) return isNot(theirs.getBooleanValue("sent", sent(values, context).value, context));
      // The hot path: where nothing is switched, nobody need be asked for each record.
      return isAllSent(values) ? false : isNot(ours.getBooleanValue("sent", true, context));
    },
  };
}

const isNot = async (answer: Promise<boolean>): Promise<boolean> => !(await answer);

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
  { provider, targetingKey = "", canary }: EvaluationContext,
): ResolutionDetails<boolean> {
  if (values.shadow === true) return { value: false, reason: StandardResolutionReasons.STATIC };
  const percentage = typeof values.percentage === "number" ? values.percentage : 100;
  const value = canary === true ? percentage > 0 : isIncluded(String(provider), targetingKey, percentage);
  return { value, reason: StandardResolutionReasons.SPLIT };
}

const byDefault = <T>(value: T): ResolutionDetails<T> => ({
  value,
  reason: StandardResolutionReasons.DEFAULT,
});
