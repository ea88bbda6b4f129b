"use client";
import type { ReactNode } from "react";
import { ClockTime } from "#components/time/clock-time.tsx";
import { duration, number, percent, person } from "#lib/client/formats.ts";
import type { ProviderAuth } from "#lib/contract/policy.ts";
import type { ProviderWithState } from "#lib/contract/provider.ts";
import styles from "./providers.module.css";

/** The policy in words. Secrets are never sent to a browser, so there is none to show. */
export function Policy({ provider }: { provider: ProviderWithState }) {
  const { backoff, breaker, health, timeoutMs } = provider;
  return (
    <section className={`${styles.box} ${styles.section}`} aria-labelledby="policy">
      <h2 id="policy">Policy</h2>
      <dl className={styles.policy}>
        <Rule name="Sends">
          {provider.method} {provider.url}
        </Rule>
        <Rule name="Signs in with">{authWords(provider.auth)}</Rule>
        <Rule name="At once">
          at most {number(provider.batchSizeMax)} records, over {number(provider.connectionsMax)} connections
        </Rule>
        <Rule name="Slow means">{duration(provider.slowMs)} or more</Rule>
        <Rule name="Gives up after">
          {duration(timeoutMs.connect)} to connect, {duration(timeoutMs.headers)} for the first answer,{" "}
          {duration(timeoutMs.total)} in all
        </Rule>
        <Rule name="Tries again">
          {number(backoff.attemptsMax)} tries, first after {duration(backoff.baseMs)}, then {backoff.factor}{" "}
          times as long each, give or take {percent(backoff.jitter)}
        </Rule>
        <Rule name="Breaker">
          probes every {duration(breaker.probeEveryMs)}, closes after {number(breaker.goodTrials)} good trials
        </Rule>
        <Rule name="Health check">
          {health === null
            ? "none"
            : `${health.url} every ${duration(health.everyMs)}, expects ${health.expect}`}
        </Rule>
        <Rule name="Refused data">
          {provider.onInvalid === "discard" ? "is dropped, with a trace" : "waits for a person"}
        </Rule>
        <Rule name="Delivery">{provider.flags.enabled ? "switched on" : "switched off"}</Rule>
        <Rule name="Version">
          {number(provider.version)}, by {person(provider.updatedBy)}, <ClockTime at={provider.updatedAt} />
        </Rule>
      </dl>
    </section>
  );
}

function Rule({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function authWords(auth: ProviderAuth): string {
  switch (auth.kind) {
    case "none":
      return "nothing";
    case "header":
      return `the header ${auth.name}, its value is secret`;
    case "basic":
      return `user ${auth.user}, the password is secret`;
    case "standard_webhooks":
      return "a Standard Webhooks signature, its secrets are hidden";
    case "oauth2_client_credentials":
      return `a token for ${auth.clientId} from ${new URL(auth.tokenUrl).host}`;
  }
}
