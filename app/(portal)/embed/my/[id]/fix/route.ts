import { sendFix, showFix } from "#app/(portal)/fix.ts";
import { pressing, showing } from "#app/(portal)/serve.ts";

export const dynamic = "force-dynamic";

export const GET = showing("embed", showFix);

export const POST = pressing("embed", { action: "edit", act: sendFix, late: "late" });
