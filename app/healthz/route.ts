// The process lives: it answers. Nothing else is asked, so that a database's trouble restarts no dashboard.
export const dynamic = "force-dynamic";

export const GET = (): Response =>
  Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
