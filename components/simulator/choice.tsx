"use client";
import { NativeSelect, Switch } from "@mantine/core";

type Option<Value extends string> = { value: Value; label: string };

type ChoiceProps<Value extends string> = {
  label: string;
  value: Value;
  options: readonly Option<Value>[];
  onChoose: (value: Value) => void;
};

export function Choice<Value extends string>({ label, value, options, onChoose }: ChoiceProps<Value>) {
  return (
    <NativeSelect
      label={label}
      size="xs"
      value={value}
      data={options.map((option) => ({ ...option }))}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.currentTarget.value);
        if (chosen) onChoose(chosen.value);
      }}
    />
  );
}

type SwitchedProps = {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
};

export function Switched({ label, checked, onChange }: SwitchedProps) {
  return (
    <Switch
      size="sm"
      label={label}
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
