"use client";
import { Entries } from "#components/policy/entries.tsx";
import { TextField } from "#components/policy/fields.tsx";
import { Fields, FormSection, type SectionProps } from "#components/policy/form-section.tsx";

export function SchedulesSection({ draft, change }: SectionProps) {
  return (
    <FormSection
      title="Schedules"
      about="Functions of the application that bring records, started by the provider's clock."
    >
      <Entries
        field="schedules"
        noun="Schedule"
        entries={draft.schedules}
        onChange={(schedules) => change({ schedules })}
        fresh={{ name: "", cron: "0 6 * * 1-5", run: "" }}
        none="None: records come from the application alone."
      >
        {(schedule, path, set) => (
          <Fields>
            <TextField
              field={`${path}.name`}
              label="Schedule's name"
              placeholder="nightly"
              value={schedule.name}
              onChange={(name) => set({ ...schedule, name })}
            />
            <TextField
              field={`${path}.cron`}
              label="Times"
              description="Minute, hour, day, month, weekday (cron)."
              mono
              value={schedule.cron}
              onChange={(cron) => set({ ...schedule, cron })}
            />
            <TextField
              field={`${path}.run`}
              label="Function"
              placeholder="nightly-report"
              mono
              value={schedule.run}
              onChange={(run) => set({ ...schedule, run })}
            />
          </Fields>
        )}
      </Entries>
    </FormSection>
  );
}
