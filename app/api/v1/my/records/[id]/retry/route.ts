import { ownAct } from "#app/api/v1/my/own-act.ts";
import { retryOwn } from "#db/writes/retry-own.ts";

export const dynamic = "force-dynamic";

export const POST = ownAct("retry", retryOwn);
