"use client";
// One simulated provider: what it received, and the knobs that change how it behaves, while requests are out.
import Link from "next/link";
import { Choice, Switched } from "#components/simulator/choice.tsx";
import { Knob } from "#components/simulator/knob.tsx";
import { RejectRule } from "#components/simulator/reject-rule.tsx";
import { useKnobs } from "#components/simulator/use-knobs.ts";
import { duration, number, percent } from "#lib/client/formats.ts";
import type { Knobs, SimulatedProvider } from "#lib/contract/simulator.ts";
import styles from "./simulator.module.css";

/** A slider's places, so that 50 ms and 70 s fit on one. */
const latencies = [0, 5, 10, 20, 50, 100, 200, 350, 500, 750, 1_000, 2_000, 5_000, 10_000, 30_000, 70_000];
const capacities = [0, 1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 100, 200, 500, 1_000, null];
const share = (value: number) => percent(value / 100);

const outages = [
  { value: "none", label: "None" },
  { value: "refuse", label: "Refuses connections" },
  { value: "503", label: "Answers 503" },
  { value: "black_hole", label: "Never answers" },
] as const;
const healths = [
  { value: "truth", label: "Tells the truth" },
  { value: "always_ok", label: "Always well" },
  { value: "always_ill", label: "Always ill" },
] as const;
const overloads = [
  { value: "slower", label: "Gets slower" },
  { value: "503", label: "Answers 503" },
  { value: "429", label: "Answers 429" },
] as const;

export function SimulatedCard({ provider, name }: { provider: SimulatedProvider; name: string }) {
  const { slug } = provider;
  const { knobs, fault, turn } = useKnobs(provider);
  return (
    <li className={styles.card} data-testid="simulated" data-slug={slug}>
      <div className={styles.head}>
        <h2>{name}</h2>
        <Link href={`/providers/${slug}`} prefetch={false} aria-label={`How ${name} is delivered to`}>
          How it is delivered to
        </Link>
      </div>
      <Received provider={provider} />
      {fault && (
        <p className={styles.fault} role="alert">
          {fault}
        </p>
      )}
      <Knob
        label="Latency"
        places={latencies}
        value={knobs.latency.medianMs}
        words={(ms) => duration(ms ?? 0)}
        onTurn={(medianMs) => turn({ latency: { medianMs: medianMs ?? 0 } })}
      />
      <Knob
        label="Error share"
        places={percents}
        value={knobs.errorShare * 100}
        words={(value) => share(value ?? 0)}
        onTurn={(value) => turn({ errorShare: (value ?? 0) / 100 })}
      />
      <Knob
        label="Capacity"
        places={capacities}
        value={knobs.capacity}
        words={(value) => (value === null ? "no limit" : `${number(value)} at once`)}
        onTurn={(capacity) => turn({ capacity })}
      />
      <div className={styles.two}>
        <Choice
          label="Outage"
          value={knobs.outage}
          options={outages}
          onChoose={(outage) => turn({ outage })}
        />
        <Choice
          label="Health"
          value={knobs.health}
          options={healths}
          onChoose={(health) => turn({ health })}
        />
      </div>
      <RejectRule rule={knobs.reject} onChange={(reject) => turn({ reject })} />
      <details className={styles.more}>
        <summary>More knobs</summary>
        <div>
          <MoreKnobs knobs={knobs} turn={turn} />
        </div>
      </details>
    </li>
  );
}

const percents = [0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];

type MoreProps = { knobs: Knobs; turn: ReturnType<typeof useKnobs>["turn"] };

function MoreKnobs({ knobs, turn }: MoreProps) {
  const shares = [
    { label: "Taken, never answered", key: "timeoutShare" },
    { label: "Connection reset", key: "resetShare" },
    { label: "Taken, answer lost", key: "lostReplyShare" },
  ] as const;
  return (
    <>
      {shares.map(({ label, key }) => (
        <Knob
          key={key}
          label={label}
          places={percents}
          value={knobs[key] * 100}
          words={(value) => share(value ?? 0)}
          onTurn={(value) => turn({ [key]: (value ?? 0) / 100 })}
        />
      ))}
      <Choice
        label="Beyond its capacity"
        value={knobs.overload}
        options={overloads}
        onChoose={(overload) => turn({ overload })}
      />
      <Switched
        label="Answers 409 to a key it has accepted before"
        checked={knobs.conflictOnDuplicate}
        onChange={(conflictOnDuplicate) => turn({ conflictOnDuplicate })}
      />
    </>
  );
}

function Received({ provider }: { provider: SimulatedProvider }) {
  const figures = [
    ["Received", provider.received],
    ["Accepted", provider.accepted],
    ["Twice or more", provider.doubled],
    ["In flight", provider.inFlight],
    ["Most at once", provider.peakInFlight],
  ] as const;
  return (
    <dl className={styles.received}>
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{number(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
