"use client";
// One provider's figures, each as both the table and the cards show it.
import { Sparkline } from "#components/charts/sparkline.tsx";
import { BreakerChip } from "#components/states/breaker-chip.tsx";
import { HoldChip, ShadowChip } from "#components/states/hold-chip.tsx";
import { Age } from "#components/time/age.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { ProbeTime } from "#components/time/probe-time.tsx";
import { count, duration, number, percent } from "#lib/client/formats.ts";
import type { ProviderSummary } from "#lib/contract/provider.ts";
import styles from "./providers.module.css";

type Props = { provider: ProviderSummary };

export function BreakerCell({ provider: { state } }: Props) {
  const probe = state.breaker === "open" && state.nextProbeAt !== null;
  return (
    <span className={styles.cell}>
      <span>
        <BreakerChip state={state} />
      </span>
      {state.breaker !== "closed" && state.breakerSince && (
        <span className={styles.quiet}>
          since <ClockTime at={state.breakerSince} />
        </span>
      )}
      {probe && state.nextProbeAt && (
        <span className={styles.quiet}>
          probe <ProbeTime at={state.nextProbeAt} />
        </span>
      )}
    </span>
  );
}

export function RateCell({ provider: { deliveredPerMinute, sparkline } }: Props) {
  return (
    <span className={styles.rate}>
      <Sparkline values={sparkline} label="Delivered in the last 5 minutes" />
      {number(deliveredPerMinute)}
    </span>
  );
}

export const successOf = ({ provider }: Props) =>
  provider.successRate === null ? "–" : percent(provider.successRate);
export const p95Of = ({ provider }: Props) => (provider.p95Ms === null ? "–" : duration(provider.p95Ms));
export const batchOf = ({ provider }: Props) =>
  `${number(provider.state.batchSize)} / ${number(provider.batchSizeMax)}`;
export const waitingOf = ({ provider: { state } }: Props) =>
  count(Math.max(state.held, state.waiting + state.retrying + state.sending));

export function OldestCell({ provider }: Props) {
  return <Age since={provider.state.oldestDueAt} />;
}

export function HoldCell({ provider: { state, shadow, percentage } }: Props) {
  const isShadowed = shadow || percentage < 100;
  if (state.hold === null && !isShadowed) return <>–</>;
  return (
    <span className={styles.cell}>
      <span className={styles.chips}>
        <HoldChip state={state} />
        <ShadowChip shadow={shadow} percentage={percentage} />
      </span>
      {state.holdUntil && (
        <span className={styles.quiet}>
          until <ClockTime at={state.holdUntil} />
        </span>
      )}
    </span>
  );
}

export function FailedCell({ provider: { state } }: Props) {
  return <span className={state.failed > 0 ? styles.bad : undefined}>{count(state.failed)}</span>;
}

/** How long the backlog lasts at the present rate. */
export function drainOf({ provider: { drainSeconds, state } }: Props): string {
  if (state.waiting + state.retrying + state.sending + state.held === 0) return "–";
  return drainSeconds === null ? "not shrinking" : duration(drainSeconds * 1_000);
}
