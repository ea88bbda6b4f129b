// All operations of the API: what is not listed here is not described.
import type { Operation } from "#lib/contract/operation.ts";
import {
  createInboundSource,
  deleteInboundSource,
  listInboundSources,
  patchInboundSource,
  readInboundSource,
} from "#lib/contract/operations/inbound.ts";
import { enqueueRecord, listRecords } from "#lib/contract/operations/records.ts";

export const operations = [
  listRecords,
  enqueueRecord,
  listInboundSources,
  createInboundSource,
  readInboundSource,
  patchInboundSource,
  deleteInboundSource,
] as unknown as readonly Operation[];
