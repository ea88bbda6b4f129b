"use client";
import { DataTable, type DataTableColumn } from "mantine-datatable";
import Link from "next/link";
import {
  BreakerCell,
  batchOf,
  drainOf,
  FailedCell,
  HoldCell,
  OldestCell,
  p95Of,
  RateCell,
  successOf,
  waitingOf,
} from "#components/providers/provider-cells.tsx";
import type { ProviderSummary } from "#lib/contract/provider.ts";
import styles from "./providers.module.css";

const columns: DataTableColumn<ProviderSummary>[] = [
  {
    accessor: "name",
    title: "Provider",
    width: 140,
    render: ({ slug, name }) => (
      <Link href={`/providers/${slug}`} prefetch={false}>
        {name}
      </Link>
    ),
  },
  { accessor: "breaker", title: "Breaker", render: (provider) => <BreakerCell provider={provider} /> },
  {
    accessor: "rate",
    title: "Delivered/min",
    textAlign: "right",
    render: (provider) => <RateCell provider={provider} />,
  },
  {
    accessor: "success",
    title: "Success",
    textAlign: "right",
    render: (provider) => successOf({ provider }),
  },
  {
    accessor: "p95",
    title: "p95",
    textAlign: "right",
    noWrap: true,
    render: (provider) => p95Of({ provider }),
  },
  {
    accessor: "batch",
    title: "Batch",
    textAlign: "right",
    noWrap: true,
    render: (provider) => batchOf({ provider }),
  },
  {
    accessor: "waiting",
    title: "Waiting",
    textAlign: "right",
    render: (provider) => waitingOf({ provider }),
  },
  {
    accessor: "oldest",
    title: "Oldest",
    textAlign: "right",
    noWrap: true,
    render: (provider) => <OldestCell provider={provider} />,
  },
  { accessor: "hold", title: "Hold", width: 168, render: (provider) => <HoldCell provider={provider} /> },
  {
    accessor: "failed",
    title: "Failed",
    textAlign: "right",
    render: (provider) => <FailedCell provider={provider} />,
  },
  {
    accessor: "drain",
    title: "To drain",
    textAlign: "right",
    render: (provider) => drainOf({ provider }),
  },
];

export function ProvidersTable({ providers }: { providers: readonly ProviderSummary[] }) {
  return (
    <div className={styles.table}>
      <DataTable
        records={[...providers]}
        columns={columns}
        idAccessor="slug"
        withTableBorder
        borderRadius="md"
        horizontalSpacing={7}
        verticalSpacing={7}
        fz="sm"
        backgroundColor="var(--surface)"
        borderColor="var(--line)"
        rowBorderColor="var(--line)"
        minHeight={providers.length === 0 ? 120 : undefined}
        noRecordsText="No provider yet"
        customRowAttributes={({ slug }) => ({ "data-testid": "provider", "data-slug": slug })}
      />
    </div>
  );
}
