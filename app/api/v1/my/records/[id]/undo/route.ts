import { ownAct } from "#app/api/v1/my/own-act.ts";
import { undoOwn } from "#db/writes/undo-own.ts";
import { undoMyRecord } from "#lib/contract/operations/portal.ts";

export const dynamic = "force-dynamic";

export const POST = ownAct(undoMyRecord, undoOwn);
