"use client";
// The breaker over the charts' time: segments with a colour, an icon and a word; the reasons below, for who reads.
import { VisuallyHidden } from "@mantine/core";
import { plotInset } from "#components/charts/plot.tsx";
import { breakerLooks, pausedLook } from "#components/states/breaker-chip.tsx";
import { type Look, toneClass } from "#components/states/chip.tsx";
import { useZone } from "#lib/client/clock.ts";
import { clock } from "#lib/client/formats.ts";
import type { BandSegment, BandState, Span } from "#lib/client/series.ts";
import styles from "./charts.module.css";

/** Whatever held it: a pause, a window, a quota. */
const looks: Record<BandState, Look> = { ...breakerLooks, paused: { ...pausedLook, word: "Held" } };
/** So many of the newest troubles are spelled out. */
const spelledOut = 4;

export function BreakerBand({ segments, span }: { segments: readonly BandSegment[]; span: Span }) {
  const zone = useZone();
  const whole = span.toMs - span.fromMs;
  const words = (segment: BandSegment) => {
    const at = (ms: number) => clock(new Date(ms).toISOString(), zone, span.toMs);
    const why = segment.reason === null ? "" : `: ${segment.reason}`;
    return `${looks[segment.state].word} ${at(segment.fromMs)}–${segment.toMs >= span.toMs ? "now" : at(segment.toMs)}${why}`;
  };
  const troubles = segments
    .filter(({ state, reason }) => state !== "closed" && reason !== null)
    .slice(-spelledOut);
  return (
    <figure className={styles.chart} aria-labelledby="breaker-band" data-testid="chart-breaker">
      <h3 id="breaker-band" className={styles.title}>
        Breaker
      </h3>
      <ol className={styles.band} style={{ marginLeft: plotInset.left, marginRight: plotInset.bare }}>
        {segments.map((segment) => {
          const share = (segment.toMs - segment.fromMs) / whole;
          const { tone, icon: Glyph, word } = looks[segment.state];
          return (
            <li
              key={`${segment.fromMs} ${segment.state}`}
              className={`${styles.segment} ${toneClass(tone)} ${share < 0.03 ? styles.thin : ""}`}
              style={{ left: `${((segment.fromMs - span.fromMs) / whole) * 100}%`, width: `${share * 100}%` }}
              title={words(segment)}
              data-state={segment.state}
            >
              {share >= 0.03 && <Glyph size={12} aria-hidden />}
              {share >= 0.1 && <span aria-hidden>{word}</span>}
              <VisuallyHidden>{words(segment)}</VisuallyHidden>
            </li>
          );
        })}
      </ol>
      {troubles.length > 0 && (
        <ul className={styles.reasons} aria-hidden>
          {troubles.toReversed().map((segment) => (
            <li key={segment.fromMs}>{words(segment)}</li>
          ))}
        </ul>
      )}
    </figure>
  );
}
