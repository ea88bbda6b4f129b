import { one, showing } from "#app/(portal)/serve.ts";

export const dynamic = "force-dynamic";

export const GET = showing("own", one);
