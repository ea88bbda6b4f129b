// What mends a failure, by the kind of trouble it is: the record's page and the messages say the same.
import type { FailureCategory } from "#lib/core/status.ts";

/** @param again what the button is called there. */
export const whatMends = (category: FailureCategory, again: "Retry" | "Run again"): string =>
  mends[category](again);

const mends: Record<FailureCategory, (again: string) => string> = {
  technical: (again) => `The data is fine. ${again} sends it again; it helps once the provider is well.`,
  client_data: () =>
    "Trying again won't help until the data is right, or the provider accepts it. Otherwise reject it.",
  adapter_error: (again) =>
    `A developer mends the adapter; its timeline says where it broke. Then ${again} sends it.`,
  poison: (again) => `Look at the payload first. ${again} sends it once more.`,
};
