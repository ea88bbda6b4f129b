import { sendFix, showFix } from "#app/(portal)/fix.ts";
import { pressing, showing } from "#app/(portal)/serve.ts";

export const dynamic = "force-dynamic";

export const GET = showing("own", showFix);

export const POST = pressing("own", { action: "edit", act: sendFix, late: "late" });
