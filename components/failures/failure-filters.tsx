"use client";
import { Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { FailureFilter } from "#lib/client/failures.ts";
import { overviewQuery } from "#lib/client/overview.ts";
import styles from "./failures.module.css";

type Props = { filter: FailureFilter; onChange: (change: Partial<FailureFilter>) => void };

export function FailureFilters({ filter, onChange }: Props) {
  const { data } = useQuery(overviewQuery());
  const providers = (data?.providers ?? []).map(({ slug, name }) => ({ value: slug, label: name }));
  return (
    <search className={styles.filters}>
      <SearchInput q={filter.q} onChange={(q) => onChange({ q })} />
      <Select
        aria-label="Provider"
        placeholder="All providers"
        data={providers}
        value={filter.provider}
        onChange={(provider) => onChange({ provider })}
        clearable
        clearButtonProps={{ "aria-label": "All providers" }}
        searchable
        nothingFoundMessage="No such provider"
        w={220}
      />
    </search>
  );
}

function SearchInput({ q, onChange }: { q: string; onChange: (q: string) => void }) {
  const [text, setText] = useState(q);
  const [settled, setSettled] = useState(q);
  // Cleared from outside; any other change of the URL is what was typed here.
  if (q !== settled) {
    setSettled(q);
    if (q === "") setText("");
  }
  // Asked for when it rests, so what was typed just before a clearing does not come back after it.
  const typed = useRef(text);
  useEffect(() => {
    typed.current = text;
  }, [text]);
  const settle = useDebouncedCallback(() => onChange(typed.current), 300);
  return (
    <TextInput
      type="search"
      aria-label="Search failures"
      placeholder="Subject, error, owner or id"
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        settle();
      }}
      w={280}
    />
  );
}
