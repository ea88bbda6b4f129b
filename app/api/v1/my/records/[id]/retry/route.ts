import { ownAct } from "#app/api/v1/my/own-act.ts";
import { retryOwn } from "#db/writes/retry-own.ts";
import { retryMyRecord } from "#lib/contract/operations/portal.ts";

export const dynamic = "force-dynamic";

export const POST = ownAct(retryMyRecord, retryOwn);
