"use client";
// A list in the form: entries that can be added, taken out and, where the order counts, moved.
import { ActionIcon, Button } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { FieldMessage } from "#components/policy/errors.tsx";
import styles from "./policy.module.css";

type Props<Entry> = {
  /** The list's path on the wire. */
  field: string;
  /** What one entry is called: "Rule". */
  noun: string;
  entries: readonly Entry[];
  onChange: (entries: Entry[]) => void;
  /** A new entry. */
  fresh: Entry;
  /** What it means that there is none. */
  none: string;
  ordered?: boolean;
  children: (entry: Entry, path: string, change: (entry: Entry) => void) => ReactNode;
};

export function Entries<Entry>(props: Props<Entry>) {
  const { field, noun, entries, onChange, fresh, none, ordered = false, children } = props;
  const swap = (one: number, other: number) => {
    const moved = [...entries];
    const [first, second] = [moved[one], moved[other]];
    if (first === undefined || second === undefined) return;
    moved[one] = second;
    moved[other] = first;
    onChange(moved);
  };
  return (
    <div className={styles.entries}>
      <FieldMessage field={field} />
      {entries.length === 0 && <p className={styles.quiet}>{none}</p>}
      {/* The place is the key: fields show the value they are given, wherever it came from. */}
      {[...entries.entries()].map(([place, entry]) => (
        <fieldset key={place} className={styles.entry}>
          <legend>
            {noun} {place + 1}
          </legend>
          <div className={styles.entryButtons}>
            {ordered && (
              <>
                <EntryButton
                  label={`${noun} ${place + 1} up`}
                  disabled={place === 0}
                  onClick={() => swap(place, place - 1)}
                >
                  <IconArrowUp size={16} aria-hidden />
                </EntryButton>
                <EntryButton
                  label={`${noun} ${place + 1} down`}
                  disabled={place === entries.length - 1}
                  onClick={() => swap(place, place + 1)}
                >
                  <IconArrowDown size={16} aria-hidden />
                </EntryButton>
              </>
            )}
            <EntryButton
              label={`Take out ${noun.toLowerCase()} ${place + 1}`}
              onClick={() => onChange(entries.filter((_, index) => index !== place))}
            >
              <IconTrash size={16} aria-hidden />
            </EntryButton>
          </div>
          {children(entry, `${field}.${place}`, (changed) =>
            onChange(entries.map((old, index) => (index === place ? changed : old))),
          )}
          <FieldMessage field={`${field}.${place}`} />
        </fieldset>
      ))}
      <Button
        size="xs"
        variant="default"
        w="fit-content"
        leftSection={<IconPlus size={15} aria-hidden />}
        onClick={() => onChange([...entries, fresh])}
      >
        Add a {noun.toLowerCase()}
      </Button>
    </div>
  );
}

type ButtonProps = { label: string; disabled?: boolean; onClick: () => void; children: ReactNode };

function EntryButton({ label, disabled = false, onClick, children }: ButtonProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      c={disabled ? undefined : "var(--ink)"}
      bg={disabled ? "transparent" : undefined}
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </ActionIcon>
  );
}
