"use client";
import { NumberField, SecondsField } from "#components/policy/fields.tsx";
import { Fields, FormSection, type SectionProps } from "#components/policy/form-section.tsx";

/** An empty field of a number that must be there. */
const orNaN = (value: number | null): number => value ?? Number.NaN;

export function PaceSection({ draft, change }: SectionProps) {
  const { timeoutMs, backoff, breaker, limits } = draft;
  const limit = (part: Partial<typeof limits>) => change({ limits: { ...limits, ...part } });
  return (
    <FormSection title="Pace and limits" about="How much goes at once, how long we wait, how often we try.">
      <Fields legend="At once">
        <NumberField
          field="batchSizeMax"
          label="Records at once, at most"
          value={draft.batchSizeMax}
          onChange={(value) => change({ batchSizeMax: orNaN(value) })}
        />
        <NumberField
          field="connectionsMax"
          label="Connections, at most"
          description="Raised with the records at once where that needs more."
          value={draft.connectionsMax}
          onChange={(value) => change({ connectionsMax: orNaN(value) })}
        />
        <SecondsField
          field="slowMs"
          label="An answer is slow from"
          value={draft.slowMs}
          onChange={(slowMs) => change({ slowMs })}
        />
      </Fields>
      <Fields legend="Limits">
        <NumberField
          field="limits.perSecond"
          label="Records a second"
          empty="no limit"
          value={limits.perSecond}
          onChange={(perSecond) => limit({ perSecond })}
        />
        <NumberField
          field="limits.perMinute"
          label="Records a minute"
          empty="no limit"
          value={limits.perMinute}
          onChange={(perMinute) => limit({ perMinute })}
        />
        <NumberField
          field="limits.perDay"
          label="Daily quota"
          description="From midnight to midnight in the provider's time zone."
          empty="no limit"
          value={limits.perDay}
          onChange={(perDay) => limit({ perDay })}
        />
        <NumberField
          field="limits.perRun"
          label="Records a run"
          empty="no limit"
          value={limits.perRun}
          onChange={(perRun) => limit({ perRun })}
        />
        <SecondsField
          field="limits.runEveryMs"
          label="A run every"
          description="Or with the next record, if that is sooner."
          value={limits.runEveryMs}
          onChange={(runEveryMs) => limit({ runEveryMs })}
        />
      </Fields>
      <Fields legend="We wait at most">
        <SecondsField
          field="timeoutMs.connect"
          label="To connect"
          value={timeoutMs.connect}
          onChange={(connect) => change({ timeoutMs: { ...timeoutMs, connect } })}
        />
        <SecondsField
          field="timeoutMs.headers"
          label="For the answer to begin"
          value={timeoutMs.headers}
          onChange={(headers) => change({ timeoutMs: { ...timeoutMs, headers } })}
        />
        <SecondsField
          field="timeoutMs.total"
          label="In all"
          value={timeoutMs.total}
          onChange={(total) => change({ timeoutMs: { ...timeoutMs, total } })}
        />
      </Fields>
      <Fields legend="Tries">
        <NumberField
          field="backoff.attemptsMax"
          label="Tries of a record"
          value={backoff.attemptsMax}
          onChange={(value) => change({ backoff: { ...backoff, attemptsMax: orNaN(value) } })}
        />
        <SecondsField
          field="backoff.baseMs"
          label="The first wait"
          value={backoff.baseMs}
          onChange={(baseMs) => change({ backoff: { ...backoff, baseMs } })}
        />
        <NumberField
          field="backoff.factor"
          label="Each further wait"
          unit="times"
          value={backoff.factor}
          onChange={(value) => change({ backoff: { ...backoff, factor: orNaN(value) } })}
        />
        <NumberField
          field="backoff.jitter"
          label="Give or take"
          description="A share from 0 to 1: 0.2 is a fifth."
          value={backoff.jitter}
          onChange={(value) => change({ backoff: { ...backoff, jitter: orNaN(value) } })}
        />
      </Fields>
      <Fields legend="While it is stopped">
        <SecondsField
          field="breaker.probeEveryMs"
          label="Tested every"
          value={breaker.probeEveryMs}
          onChange={(probeEveryMs) => change({ breaker: { ...breaker, probeEveryMs } })}
        />
        <NumberField
          field="breaker.goodTrials"
          label="Good tests needed"
          value={breaker.goodTrials}
          onChange={(value) => change({ breaker: { ...breaker, goodTrials: orNaN(value) } })}
        />
      </Fields>
    </FormSection>
  );
}
