import { confirmWithdraw, plainAct, pressing, showing } from "#app/(portal)/serve.ts";
import { withdrawOwn } from "#db/writes/withdraw-own.ts";

export const dynamic = "force-dynamic";

export const GET = showing("embed", confirmWithdraw);

export const POST = pressing("embed", {
  action: "withdraw",
  act: plainAct(withdrawOwn, "withdrawn"),
  late: "late",
});
