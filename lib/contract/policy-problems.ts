// What a policy must fulfil beyond the shape of each setting: that times, expressions and names mean something, and that
// settings fit each other. Each problem names the field and the mend. Apart from the shapes, for a browser that only reads
// policies need not load calendars and parsers.
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { adapterSchemes } from "#lib/core/adapter-names.ts";
import { cronProblem } from "#lib/core/cron.ts";
import { isReservedHeader } from "#lib/core/http-headers.ts";
import { ruleProblem, shadowed } from "#lib/core/rules.ts";
import { openingAt, type Window, windowProblem } from "#lib/core/windows.ts";
import { isTimeZone } from "#lib/core/zoned.ts";

export type PolicyProblem = { field: string; message: string };

/** What is wrong with a policy as a whole; nothing when it may be saved. */
export const policyProblems = (policy: ProviderPolicy): PolicyProblem[] => [
  ...times(policy),
  ...addresses(policy),
  ...windows(policy),
  ...rules(policy),
  ...schedules(policy),
];

function times({ timeoutMs, health, batchSizeMax, connectionsMax }: ProviderPolicy): PolicyProblem[] {
  const { connect, headers, total } = timeoutMs;
  const atMostTotal = `must be at most timeoutMs.total (${total}); lower it, or raise the total`;
  return given(
    connect > total && { field: "timeoutMs.connect", message: atMostTotal },
    headers > total && { field: "timeoutMs.headers", message: atMostTotal },
    connectionsMax < batchSizeMax && {
      field: "connectionsMax",
      message: `must be at least batchSizeMax (${batchSizeMax}), or requests wait for a connection; raise it, or leave it out`,
    },
    health !== null &&
      health.timeoutMs > health.everyMs && {
        field: "health.timeoutMs",
        message: `must be at most health.everyMs (${health.everyMs}); lower it, or ask less often`,
      },
  );
}

const schemeOf = (url: string): string => new URL(url).protocol.slice(0, -1);

function addresses({ url, adapter, auth, health }: ProviderPolicy): PolicyProblem[] {
  const scheme = schemeOf(url);
  const schemes = (Object.hasOwn(adapterSchemes, adapter) ? adapterSchemes[adapter] : undefined) ?? [
    "http",
    "https",
  ];
  const isHttp = scheme === "http" || scheme === "https";
  return given(
    !schemes.includes(scheme) && {
      field: "url",
      message: `must be ${schemes.map((each) => `${each}:`).join(" or ")} for the adapter ${adapter}; mend it, or choose another adapter`,
    },
    health !== null &&
      isHttp &&
      schemeOf(health.url) !== scheme && {
        field: "health.url",
        message: `must be ${scheme}: as the provider's URL is, or it tells of another door than the one we use`,
      },
    auth.kind === "header" &&
      isReservedHeader(auth.name) && {
        field: "auth.name",
        message:
          "is a header that the connection or Redrive sets; use another, like X-Api-Key or Authorization",
      },
    auth.kind === "oauth2_client_credentials" &&
      scheme === "https" &&
      schemeOf(auth.tokenUrl) === "http" && {
        field: "auth.tokenUrl",
        message:
          "must be https: as the provider's URL is, or the client's secret goes over the wire in the clear",
      },
  );
}

function windows({ windows: { timeZone, deliver, maintenance } }: ProviderPolicy): PolicyProblem[] {
  if (!isTimeZone(timeZone)) {
    const message = `is no time zone that is known here: "${timeZone}"; write it like Europe/London or UTC`;
    return [{ field: "windows.timeZone", message }];
  }
  const all = Object.entries({ deliver, maintenance });
  const wrong = all.flatMap(([name, list]) =>
    list.flatMap((window, index) => {
      const message = windowProblem(window);
      return message === null ? [] : [{ field: `windows.${name}.${index}`, message }];
    }),
  );
  if (wrong.length > 0 || isEverOpen(deliver, maintenance)) return wrong;
  const message =
    "shuts all that windows.deliver opens, so that nothing could ever be sent; shorten one, or move it";
  return [{ field: "windows.maintenance", message }];
}

/** A week without a change of the clock, from a Monday. */
const plainWeekMs = Date.parse("2026-01-05T00:00:00Z");

function isEverOpen(deliver: readonly Window[], maintenance: readonly Window[]): boolean {
  let nowMs = plainWeekMs;
  while (nowMs < plainWeekMs + 7 * 86_400_000) {
    const shut = openingAt(maintenance, "UTC", nowMs);
    const open = openingAt(deliver, "UTC", nowMs);
    if (!shut.inside && (deliver.length === 0 || open.inside)) return true;
    const changes = [shut.untilMs, open.untilMs].filter((at) => at !== null);
    if (changes.length === 0) return false;
    nowMs = Math.min(...changes);
  }
  return false;
}

function rules({ rules, health }: ProviderPolicy): PolicyProblem[] {
  const wrong = rules.flatMap((rule, index) => {
    const problem = ruleProblem(rule);
    return problem === null ? [] : [{ field: `rules.${index}.${problem.field}`, message: problem.message }];
  });
  const ill = (health?.ill ?? []).flatMap((when, index) => {
    const problem = ruleProblem({ when, outcome: "unavailable" });
    return problem === null
      ? []
      : [{ field: `health.ill.${index}.${problem.field.replace(/^when\./, "")}`, message: problem.message }];
  });
  if (wrong.length > 0 || ill.length > 0) return [...wrong, ...ill];
  const hidden = shadowed(rules);
  if (hidden === null) return [];
  const message = `can never match: rules.${hidden.by} matches all that it would; put it before that one, or take one of them out`;
  return [{ field: `rules.${hidden.index}`, message }];
}

function schedules({ schedules, windows: { timeZone } }: ProviderPolicy): PolicyProblem[] {
  return schedules.flatMap(({ name, cron }, index) => {
    const message = isTimeZone(timeZone) ? cronProblem(cron, timeZone) : null;
    const first = schedules.findIndex((other) => other.name === name);
    return given(
      message !== null && { field: `schedules.${index}.cron`, message },
      first < index && {
        field: `schedules.${index}.name`,
        message: `is the name of schedules.${first} already; choose another`,
      },
    );
  });
}

const given = (...problems: (PolicyProblem | false)[]): PolicyProblem[] =>
  problems.filter((one) => one !== false);
