import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { RecordScreen } from "#components/records/record-screen.tsx";
import { readRecord } from "#db/reads/record.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { recordQuery } from "#lib/client/records.ts";
import { RecordId } from "#lib/contract/record.ts";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "Record" };

export default async function RecordPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const caller = await pageCaller("see", `/records/${id}`);
  if (!RecordId.safeParse(id).success) notFound();
  const { db } = deps();
  const record = await readRecord(db, id, { payload: caller.may("see_payload") });
  if (record === null) notFound();
  const client = makeQueryClient();
  client.setQueryData(recordQuery(id).queryKey, record);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <RecordScreen id={id} />
    </HydrationBoundary>
  );
}
