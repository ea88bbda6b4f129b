import { plainAct, pressing } from "#app/(portal)/serve.ts";
import { undoOwn } from "#db/writes/undo-own.ts";

export const dynamic = "force-dynamic";

export const POST = pressing("embed", {
  action: ["retry", "edit"],
  act: plainAct(undoOwn),
  late: "undo_late",
});
