"use client";
import { NumberField, OptionalNumberField, SecondsField } from "#components/policy/fields.tsx";
import { Fields, FormSection, type SectionProps } from "#components/policy/form-section.tsx";

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
          onChange={(batchSizeMax) => change({ batchSizeMax })}
        />
        <NumberField
          field="connectionsMax"
          label="Connections, at most"
          description="Raised with the records at once where that needs more."
          value={draft.connectionsMax}
          onChange={(connectionsMax) => change({ connectionsMax })}
        />
        <SecondsField
          field="slowMs"
          label="An answer is slow from"
          value={draft.slowMs}
          onChange={(slowMs) => change({ slowMs })}
        />
      </Fields>
      <Fields legend="Limits">
        <OptionalNumberField
          field="limits.perSecond"
          label="Records a second"
          empty="no limit"
          value={limits.perSecond}
          onChange={(perSecond) => limit({ perSecond })}
        />
        <OptionalNumberField
          field="limits.perMinute"
          label="Records a minute"
          empty="no limit"
          value={limits.perMinute}
          onChange={(perMinute) => limit({ perMinute })}
        />
        <OptionalNumberField
          field="limits.perDay"
          label="Daily quota"
          description="From midnight to midnight in the provider's time zone."
          empty="no limit"
          value={limits.perDay}
          onChange={(perDay) => limit({ perDay })}
        />
        <OptionalNumberField
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
          onChange={(attemptsMax) => change({ backoff: { ...backoff, attemptsMax } })}
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
          onChange={(factor) => change({ backoff: { ...backoff, factor } })}
        />
        <NumberField
          field="backoff.jitter"
          label="Give or take"
          description="A share from 0 to 1: 0.2 is a fifth."
          value={backoff.jitter}
          onChange={(jitter) => change({ backoff: { ...backoff, jitter } })}
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
          onChange={(goodTrials) => change({ breaker: { ...breaker, goodTrials } })}
        />
      </Fields>
    </FormSection>
  );
}
