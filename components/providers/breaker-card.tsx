"use client";
// How a provider's delivery stands, and the operator's three acts on it.
import { IconHeartbeat, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { Figure } from "#components/providers/figure.tsx";
import { PauseDialog } from "#components/providers/pause-dialog.tsx";
import { useProviderActs } from "#components/providers/use-provider-acts.ts";
import { useCaller } from "#components/shell/caller.tsx";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
import { BreakerChip } from "#components/states/breaker-chip.tsx";
import { Age } from "#components/time/age.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { ProbeTime } from "#components/time/probe-time.tsx";
import { count, number, person } from "#lib/client/formats.ts";
import { whyNot } from "#lib/client/permissions.ts";
import type { ProviderWithState } from "#lib/contract/provider.ts";
import styles from "./providers.module.css";

export function BreakerCard({ provider }: { provider: ProviderWithState }) {
  const { state } = provider;
  const backlog = Math.max(state.held, state.waiting + state.retrying + state.sending);
  return (
    <section className={styles.breaker} aria-labelledby="breaker">
      <div>
        <h2 id="breaker">Breaker</h2>
        <BreakerChip state={state} />
      </div>
      <dl className={styles.stats}>
        {state.breakerSince && (
          <Figure name="Since">
            <ClockTime at={state.breakerSince} />
          </Figure>
        )}
        {state.breaker === "open" && state.nextProbeAt && (
          <Figure name="Next probe">
            <ProbeTime at={state.nextProbeAt} />
          </Figure>
        )}
        {state.pausedBy && <Figure name="Paused by">{person(state.pausedBy)}</Figure>}
        {state.holdUntil && state.hold === "paused" && (
          <Figure name="Until">
            <ClockTime at={state.holdUntil} />
          </Figure>
        )}
        <Figure name="Batch size">
          <span data-testid="batch-size" data-value={state.batchSize}>
            {number(state.batchSize)}
          </span>{" "}
          of {number(provider.batchSizeMax)}
        </Figure>
        <Figure name="Sending">{number(state.sending)}</Figure>
        <Figure name={state.held > 0 ? "Held" : "Waiting"}>
          <span data-testid="backlog" data-value={backlog}>
            {count(backlog)}
          </span>
        </Figure>
        <Figure name="Oldest">
          <Age since={state.oldestDueAt} />
        </Figure>
        <Figure name="Failed">{count(state.failed)}</Figure>
      </dl>
      <Buttons provider={provider} />
    </section>
  );
}

function Buttons({ provider }: { provider: ProviderWithState }) {
  const { role } = useCaller();
  const { pause, resume, probe } = useProviderActs(provider);
  const [pausing, setPausing] = useState(false);
  const denied = whyNot(role, "operate");
  // Not the hold: a provider that is switched off and paused is held as switched off.
  const paused = provider.state.pausedBy !== null;
  return (
    <div className={styles.buttons}>
      {paused ? (
        <GuardedButton
          size="xs"
          whyNot={denied}
          leftSection={<IconPlayerPlay size={15} aria-hidden />}
          onClick={resume}
        >
          Resume
        </GuardedButton>
      ) : (
        <GuardedButton
          size="xs"
          variant="default"
          whyNot={denied}
          leftSection={<IconPlayerPause size={15} aria-hidden />}
          onClick={() => setPausing(true)}
        >
          Pause
        </GuardedButton>
      )}
      <GuardedButton
        size="xs"
        variant="default"
        whyNot={denied ?? whyNoProbe(provider)}
        leftSection={<IconHeartbeat size={15} aria-hidden />}
        onClick={probe}
      >
        Probe now
      </GuardedButton>
      <PauseDialog name={provider.name} opened={pausing} onClose={() => setPausing(false)} onPause={pause} />
    </div>
  );
}

/** Why a probe would not be sent; null when it would. */
function whyNoProbe({ flags, state }: ProviderWithState): string | null {
  if (!flags.enabled || state.hold === "disabled") return "It is switched off: switch it on first.";
  if (state.pausedBy !== null) return "It is paused: resume it first.";
  if (state.breaker === "closed")
    return "The breaker is closed: records are sent, so there is nothing to probe.";
  return null;
}
