"use client";
import { Slider } from "@mantine/core";
import { useEffect, useState } from "react";
import styles from "./simulator.module.css";

type Props = {
  label: string;
  /** The values it can have, in order; null is "no limit". */
  places: readonly (number | null)[];
  value: number | null;
  words: (value: number | null) => string;
  onTurn: (value: number | null) => void;
};

/** A slider that shows its value while it is dragged, and sends it when it is let go. */
export function Knob({ label, places, value, words, onTurn }: Props) {
  const [place, setPlace] = useState(() => nearest(places, value));
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (!held) setPlace(nearest(places, value));
  }, [held, places, value]);
  const exact = !held && place === nearest(places, value) ? value : (places[place] ?? null);
  return (
    <div className={styles.knob}>
      <span className={styles.knobHead}>
        <span aria-hidden>{label}</span>
        <output>{words(exact)}</output>
      </span>
      <Slider
        thumbLabel={label}
        min={0}
        max={places.length - 1}
        step={1}
        value={place}
        label={null}
        onChange={(next) => {
          setHeld(true);
          setPlace(next);
        }}
        onChangeEnd={(next) => {
          setHeld(false);
          onTurn(places[next] ?? null);
        }}
        thumbValueText={words(exact)}
      />
    </div>
  );
}

function nearest(places: readonly (number | null)[], value: number | null): number {
  const far = (place: number | null) =>
    place === null || value === null ? (place === value ? 0 : Number.MAX_VALUE) : Math.abs(place - value);
  return places.reduce<number>(
    (best, place, index) => (far(place) < far(places[best] ?? null) ? index : best),
    0,
  );
}
