import { confirmWithdraw, plainAct, pressing, showing } from "#app/(portal)/serve.ts";
import { withdrawOwn } from "#db/writes/withdraw-own.ts";

export const dynamic = "force-dynamic";

export const GET = showing("own", confirmWithdraw);

export const POST = pressing("own", {
  action: "withdraw",
  act: plainAct(withdrawOwn, "withdrawn"),
  late: "late",
});
