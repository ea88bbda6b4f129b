import { ownAct } from "#app/api/v1/my/own-act.ts";
import { withdrawOwn } from "#db/writes/withdraw-own.ts";

export const dynamic = "force-dynamic";

export const POST = ownAct("withdraw", withdrawOwn);
