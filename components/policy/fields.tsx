"use client";
// The form's inputs. Each knows its path on the wire, so that an error finds it.
import { NativeSelect, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useField } from "#components/policy/errors.tsx";
import { duration } from "#lib/client/formats.ts";
import styles from "./policy.module.css";

type Common = {
  /** The path on the wire, like `limits.perDay`. */
  field: string;
  label: string;
  description?: string;
};

/** A description below the input, so that inputs side by side stand on one line. */
export const below: { inputWrapperOrder: ("label" | "input" | "description" | "error")[] } = {
  inputWrapperOrder: ["label", "input", "description", "error"],
};

type TextProps = Common & {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  mono?: boolean;
  wide?: boolean;
};

export function TextField({ field, value, onChange, mono = false, wide = false, ...input }: TextProps) {
  return (
    <TextInput
      {...input}
      {...below}
      className={wide ? styles.wide : undefined}
      {...useField(field)}
      value={value}
      spellCheck={false}
      styles={mono ? { input: { fontFamily: "var(--mantine-font-family-monospace)" } } : undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

type NumberProps<Value> = Common & {
  /** NaN: what is typed is no number. */
  value: Value;
  onChange: (value: Value | number) => void;
  unit?: string;
};

/** What an empty field means. */
type Empty = { empty: string };

/** A number that must be there. */
export function NumberField(props: NumberProps<number>) {
  return <TypedNumber {...props} whenEmpty={Number.NaN} />;
}

export function OptionalNumberField({ empty, ...props }: NumberProps<number | null> & Empty) {
  return <TypedNumber<number | null> {...props} placeholder={empty} whenEmpty={null} />;
}

type TypedProps<Value> = NumberProps<Value> & { whenEmpty: Value; placeholder?: string };

/** Text while it is typed, so that "0." may become "0.5". */
function TypedNumber<Value extends number | null>({
  field,
  value,
  onChange,
  unit,
  whenEmpty,
  ...input
}: TypedProps<Value>) {
  const [text, setText] = useState(shown(value));
  const [told, setTold] = useState<Value | number>(value);
  if (!Object.is(value, told)) {
    setTold(value);
    setText(shown(value));
  }
  const type = (typed: string) => {
    const read = typed.trim() === "" ? whenEmpty : Number(typed.trim());
    setText(typed);
    setTold(read);
    onChange(read);
  };
  return (
    <TextInput
      {...input}
      {...below}
      inputMode="decimal"
      {...useField(field)}
      value={text}
      rightSection={unit}
      rightSectionWidth={unit === undefined ? undefined : 12 + unit.length * 8}
      rightSectionProps={{ style: { color: "var(--ink-2)" } }}
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
}

const shown = (value: number | null): string => (value === null || Number.isNaN(value) ? "" : String(value));

type SecondsProps<Value> = Common & { value: Value; onChange: (ms: Value) => void };

/** A time in seconds; from two minutes on it is said in words as well. */
export function SecondsField({ value, onChange, description, ...input }: SecondsProps<number>) {
  return (
    <NumberField
      {...input}
      value={seconds(value)}
      onChange={(typed) => onChange(ms(typed))}
      unit="s"
      description={inWords(value, description)}
    />
  );
}

export function OptionalSecondsField({
  value,
  onChange,
  description,
  ...input
}: SecondsProps<number | null> & Empty) {
  return (
    <OptionalNumberField
      {...input}
      value={value === null ? null : seconds(value)}
      onChange={(typed) => onChange(typed === null ? null : ms(typed))}
      unit="s"
      description={inWords(value, description)}
    />
  );
}

const ms = (typed: number): number => Math.round(typed * 1_000);
const seconds = (value: number): number => value / 1_000;

const inWords = (value: number | null, description?: string): string | undefined => {
  const words = value !== null && value >= 120_000 ? `That is ${duration(value)}.` : null;
  return [description, words].filter(Boolean).join(" ") || undefined;
};

type ChoiceProps<Value extends string> = Common & {
  value: Value;
  choices: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  wide?: boolean;
};

/** Choices that are shown by the name they have on the wire. */
export const namesAsChoices = <const Name extends string>(names: readonly Name[]) =>
  names.map((value) => ({ value, label: value }));

export function ChoiceField<Value extends string>({
  field,
  value,
  choices,
  onChange,
  wide = false,
  ...input
}: ChoiceProps<Value>) {
  return (
    <NativeSelect
      {...input}
      {...below}
      className={wide ? styles.wide : undefined}
      {...useField(field)}
      value={value}
      data={[...choices]}
      onChange={(event) => {
        const chosen = choices.find((choice) => choice.value === event.currentTarget.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
    />
  );
}

type SwitchProps = Common & { value: boolean; onChange: (value: boolean) => void };

export function SwitchField({ field, value, onChange, ...input }: SwitchProps) {
  return (
    <Switch
      {...input}
      {...useField(field)}
      checked={value}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
