"use client";
// Every change of batch size or breaker in the range, newest first: the reason, and the figures behind it.
import { Button } from "@mantine/core";
import { useState } from "react";
import { breakerLooks } from "#components/states/breaker-chip.tsx";
import { Chip } from "#components/states/chip.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { figureWords, number } from "#lib/client/formats.ts";
import { extents, type Range } from "#lib/client/ranges.ts";
import { oldestFirst } from "#lib/client/series.ts";
import type { BatchChange } from "#lib/contract/provider.ts";
import styles from "./providers.module.css";

const fewest = 10;

export function Transitions({ changes, range }: { changes: readonly BatchChange[]; range: Range }) {
  const [whole, setWhole] = useState(false);
  const newestFirst = oldestFirst(changes).toReversed();
  const shown = whole ? newestFirst : newestFirst.slice(0, fewest);
  return (
    <section className={styles.box} aria-labelledby="transitions">
      <h2 id="transitions">Transitions</h2>
      {newestFirst.length === 0 && (
        <p className={styles.quiet}>Batch size and breaker did not change in {extents[range].words}.</p>
      )}
      <ol className={styles.rows}>
        {shown.map((change, index) => (
          <Transition
            key={`${change.at} ${change.from} ${change.to} ${change.breaker}`}
            change={change}
            before={newestFirst[index + 1]}
          />
        ))}
      </ol>
      {newestFirst.length > shown.length && (
        <Button variant="default" size="xs" onClick={() => setWhole(true)}>
          Show all {number(newestFirst.length)}
        </Button>
      )}
    </section>
  );
}

function Transition({ change, before }: { change: BatchChange; before: BatchChange | undefined }) {
  const turned = before !== undefined ? before.breaker !== change.breaker : change.breaker !== "closed";
  const figures = Object.entries(change.figures).filter(([, value]) => value !== null);
  return (
    <li className={styles.rowItem}>
      <span className={styles.quiet}>
        <ClockTime at={change.at} seconds />
      </span>
      <span>
        <span className={styles.change}>
          {turned && (
            <Chip
              look={breakerLooks[change.breaker]}
              word={`Breaker ${breakerLooks[change.breaker].word.toLowerCase()}`}
            />
          )}
          {change.from !== change.to && (
            <b>
              Batch size {number(change.from)} → {number(change.to)}
            </b>
          )}
          <span>{change.reason}</span>
        </span>
        {figures.length > 0 && (
          <span className={styles.quiet}>
            {figures.map(([name, value]) => figureWords(name, value)).join(" · ")}
          </span>
        )}
      </span>
    </li>
  );
}
