import { plainAct, pressing } from "#app/(portal)/serve.ts";
import { retryOwn } from "#db/writes/retry-own.ts";

export const dynamic = "force-dynamic";

export const POST = pressing("own", { action: "retry", act: plainAct(retryOwn), late: "late" });
