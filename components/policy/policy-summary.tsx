"use client";
// The whole policy in words. Secrets are never sent to a browser, so there is none to show.
import type { ReactNode } from "react";
import { HealthState, QuotaState } from "#components/policy/present-state.tsx";
import { ScheduleList } from "#components/policy/schedule-list.tsx";
import { useCaller } from "#components/shell/caller.tsx";
import { GuardedLink } from "#components/shell/guarded-link.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { duration, number, percent, person } from "#lib/client/formats.ts";
import { whyNot } from "#lib/client/permissions.ts";
import {
  authWords,
  daysWords,
  healthWords,
  limitWords,
  onInvalidWords,
  periodWords,
  ruleWords,
  timesWords,
  zoneInFull,
} from "#lib/client/policy-words.ts";
import type { Window } from "#lib/contract/policy.ts";
import type { ProviderWithState } from "#lib/contract/provider.ts";
import styles from "./summary.module.css";

export function PolicySummary({ provider }: { provider: ProviderWithState }) {
  const { role } = useCaller();
  return (
    <section className={styles.box} aria-labelledby="policy">
      <div className={styles.head}>
        <h2 id="policy">Policy</h2>
        <GuardedLink href={`/providers/${provider.slug}/policy`} whyNot={whyNot(role, "manage_providers")}>
          Edit policy
        </GuardedLink>
      </div>
      <div className={styles.parts}>
        <Sending provider={provider} />
        <Pace provider={provider} />
        <Windows provider={provider} />
        <Data provider={provider} />
      </div>
      {provider.rules.length > 0 && (
        <Part title="Error rules">
          <ol className={styles.lines}>
            {provider.rules.map((rule) => (
              <li key={JSON.stringify(rule)}>{ruleWords(rule)}</li>
            ))}
          </ol>
        </Part>
      )}
      {provider.schedules.length > 0 && (
        <Part title="Schedules">
          <ScheduleList provider={provider} />
        </Part>
      )}
      <p className={styles.quiet}>
        Version {number(provider.version)}, by {person(provider.updatedBy)},{" "}
        <ClockTime at={provider.updatedAt} />
      </p>
    </section>
  );
}

type Props = { provider: ProviderWithState };

function Sending({ provider }: Props) {
  const { method, url, adapter, options, auth, flags, health, state } = provider;
  const settings = Object.keys(options).length;
  return (
    <Part title="Where it goes">
      <dl className={styles.list}>
        <Line name="Sends">
          {method} {url}
        </Line>
        <Line name="Adapter">
          {adapter}
          {settings > 0 && <code className={styles.code}>{JSON.stringify(options)}</code>}
        </Line>
        <Line name="Signs in with">{authWords(auth)}</Line>
        <Line name="Health check">
          {healthWords(health).map((words) => (
            <span key={words} className={styles.block}>
              {words}
            </span>
          ))}
          {health !== null && <HealthState health={state.health} />}
        </Line>
        <Line name="Delivery">{flags.enabled ? "switched on" : "switched off"}</Line>
        {flags.shadow && <Line name="Shadow">on: everything but the call</Line>}
        {flags.percentage < 100 && (
          <Line name="Share sent">{flags.percentage} %; the others are as in shadow</Line>
        )}
      </dl>
    </Part>
  );
}

function Pace({ provider }: Props) {
  const { batchSizeMax, connectionsMax, slowMs, timeoutMs, backoff, breaker, limits, state } = provider;
  const limited = limitWords(limits);
  return (
    <Part title="Pace and limits">
      <dl className={styles.list}>
        <Line name="At once">
          at most {number(batchSizeMax)} records, over {number(connectionsMax)} connections
        </Line>
        <Line name="Limits">
          {limited.length === 0 ? "none" : `at most ${limited.join(", ")}`}
          {state.quota && <QuotaState quota={state.quota} zone={provider.windows.timeZone} />}
        </Line>
        <Line name="Slow means">{duration(slowMs)} or more</Line>
        <Line name="Gives up after">
          {duration(timeoutMs.connect)} to connect, {duration(timeoutMs.headers)} for the first answer,{" "}
          {duration(timeoutMs.total)} in all
        </Line>
        <Line name="Tries again">
          {number(backoff.attemptsMax)} tries, first after {duration(backoff.baseMs)}, then {backoff.factor}{" "}
          times as long each, give or take {percent(backoff.jitter)}
        </Line>
        <Line name="While stopped">
          tests every {duration(breaker.probeEveryMs)}; {number(breaker.goodTrials)} good ones, and it sends
          as before
        </Line>
      </dl>
    </Part>
  );
}

function Windows({ provider: { windows } }: Props) {
  return (
    <Part title="Windows">
      <dl className={styles.list}>
        <Line name="Clock">{zoneInFull(windows.timeZone)}</Line>
        <Line name="Delivers">
          <WeekList windows={windows.deliver} none="at any time" />
        </Line>
        <Line name="Maintenance">
          <WeekList windows={windows.maintenance} none="none" />
        </Line>
      </dl>
    </Part>
  );
}

function WeekList({ windows, none }: { windows: readonly Window[]; none: string }) {
  if (windows.length === 0) return none;
  return (
    <ul className={styles.week}>
      {windows.map((window) => (
        <li key={JSON.stringify(window)}>
          <span>{daysWords(window.days)}</span>
          <span>{timesWords(window)}</span>
        </li>
      ))}
    </ul>
  );
}

function Data({ provider }: Props) {
  const { onInvalid, keepResponse, dedupePeriod, autoRedrive, edit } = provider;
  return (
    <Part title="Data">
      <dl className={styles.list}>
        <Line name="Refused data">{onInvalidWords[onInvalid]}</Line>
        <Line name="Answers">{keepResponse ? "are kept" : "are kept where a record asks for it"}</Line>
        <Line name="Dedupe key">only one of a key goes a {periodWords[dedupePeriod]}</Line>
        <Line name="Failures">
          {autoRedrive
            ? "technical ones come back by themselves when the provider recovers"
            : "all of them wait for a person"}
        </Line>
        <Line name="Corrections">
          support may correct {places(edit.allowed)}; {places(edit.locked)} is locked
        </Line>
      </dl>
    </Part>
  );
}

const places = (pointers: readonly string[]): string =>
  pointers.length === 0 ? "nothing" : pointers.map((pointer) => pointer || "everything").join(", ");

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={styles.part}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
