// All operations of the API, in the order in which they are described: what is not listed here is not described.
import { methods, type Operation } from "#lib/contract/operation.ts";
import * as alerts from "#lib/contract/operations/alerts.ts";
import * as canaries from "#lib/contract/operations/canaries.ts";
import * as channels from "#lib/contract/operations/channels.ts";
import * as failures from "#lib/contract/operations/failures.ts";
import * as inbound from "#lib/contract/operations/inbound.ts";
import * as outside from "#lib/contract/operations/outside.ts";
import * as overview from "#lib/contract/operations/overview.ts";
import * as people from "#lib/contract/operations/people.ts";
import * as portal from "#lib/contract/operations/portal.ts";
import * as providers from "#lib/contract/operations/providers.ts";
import * as records from "#lib/contract/operations/records.ts";
import * as simulator from "#lib/contract/operations/simulator.ts";
import * as teams from "#lib/contract/operations/teams.ts";

const parts = [
  records,
  failures,
  providers,
  overview,
  alerts,
  teams,
  channels,
  canaries,
  people,
  portal,
  inbound,
  outside,
  simulator,
];

/** A module's exports come by the alphabet; people look for a path, and read before they change. */
const byPath = (one: Operation, other: Operation): number =>
  one.path.localeCompare(other.path) || methods.indexOf(one.method) - methods.indexOf(other.method);

export const operations: readonly Operation[] = parts.flatMap((part) =>
  (Object.values(part) as unknown as Operation[]).toSorted(byPath),
);
