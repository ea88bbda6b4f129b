"use client";
import { Chip, Group, Select } from "@mantine/core";
import { Entries } from "#components/policy/entries.tsx";
import { FieldMessage, useField } from "#components/policy/errors.tsx";
import { below, TextField } from "#components/policy/fields.tsx";
import { Fields, FormSection, type SectionProps } from "#components/policy/form-section.tsx";
import { dayNames } from "#lib/client/policy-words.ts";
import type { Window } from "#lib/contract/policy.ts";
import { days } from "#lib/core/calendar.ts";
import styles from "../policy.module.css";

const officeHours: Window = { days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "18:00" };
const sundayNight: Window = { days: ["sun"], from: "02:00", to: "04:00" };

export function WindowsSection({ draft, change }: SectionProps) {
  const { windows } = draft;
  const part = (changed: Partial<typeof windows>) => change({ windows: { ...windows, ...changed } });
  return (
    <FormSection title="Windows" about="When records may go, by the provider's own clock.">
      <ZoneField zone={windows.timeZone} onChange={(timeZone) => part({ timeZone })} />
      <h3>Delivery: records go in these times only</h3>
      <Entries
        field="windows.deliver"
        noun="Delivery window"
        entries={windows.deliver}
        onChange={(deliver) => part({ deliver })}
        fresh={officeHours}
        none="None: records go at any time."
      >
        {(window, path, set) => <WindowFields window={window} path={path} onChange={set} />}
      </Entries>
      <h3>Maintenance: nothing goes in these times</h3>
      <Entries
        field="windows.maintenance"
        noun="Maintenance window"
        entries={windows.maintenance}
        onChange={(maintenance) => part({ maintenance })}
        fresh={sundayNight}
        none="None."
      >
        {(window, path, set) => <WindowFields window={window} path={path} onChange={set} />}
      </Entries>
    </FormSection>
  );
}

type WindowProps = { window: Window; path: string; onChange: (window: Window) => void };

function WindowFields({ window, path, onChange }: WindowProps) {
  return (
    <>
      <fieldset className={styles.days}>
        <legend>Days</legend>
        <Group gap={6}>
          {days.map((day) => (
            <Chip
              key={day}
              size="xs"
              checked={window.days.includes(day)}
              onChange={(on) =>
                onChange({
                  ...window,
                  days: days.filter((other) => (other === day ? on : window.days.includes(other))),
                })
              }
            >
              {dayNames[day]}
            </Chip>
          ))}
        </Group>
        <FieldMessage field={`${path}.days`} />
      </fieldset>
      <Fields>
        <TextField
          field={`${path}.from`}
          label="From"
          placeholder="22:00"
          value={window.from}
          onChange={(from) => onChange({ ...window, from })}
        />
        <TextField
          field={`${path}.to`}
          label="To"
          placeholder="06:00"
          description={endsNextDay(window) ? "On the next day." : undefined}
          value={window.to}
          onChange={(to) => onChange({ ...window, to })}
        />
      </Fields>
    </>
  );
}

const endsNextDay = ({ from, to }: Window): boolean =>
  /^\d\d:\d\d$/.test(from) && /^\d\d:\d\d$/.test(to) && to < from;

function ZoneField({ zone, onChange }: { zone: string; onChange: (zone: string) => void }) {
  const zones = [...new Set(["UTC", zone, ...Intl.supportedValuesOf("timeZone")])].toSorted();
  return (
    <Select
      {...below}
      label="Time zone"
      description="Windows, the daily quota, dedupe periods and schedules go by it."
      {...useField("windows.timeZone")}
      data={zones}
      value={zone}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
      searchable
      allowDeselect={false}
      limit={60}
      maw={420}
      nothingFoundMessage="No zone is called so."
    />
  );
}
