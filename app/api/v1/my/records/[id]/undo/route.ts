import { ownAct } from "#app/api/v1/my/own-act.ts";
import { undoOwn } from "#db/writes/undo-own.ts";

export const dynamic = "force-dynamic";

export const POST = ownAct(["retry", "edit"], undoOwn);
