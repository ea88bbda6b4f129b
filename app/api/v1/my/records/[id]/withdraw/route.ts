import { ownAct } from "#app/api/v1/my/own-act.ts";
import { withdrawOwn } from "#db/writes/withdraw-own.ts";
import { withdrawMyRecord } from "#lib/contract/operations/portal.ts";

export const dynamic = "force-dynamic";

export const POST = ownAct(withdrawMyRecord, withdrawOwn);
