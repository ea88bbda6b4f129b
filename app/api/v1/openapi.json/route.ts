// The API's description, for everybody: it says nothing of what is stored.
import { type OpenApi, openApi } from "#lib/contract/openapi.ts";
import { operations } from "#lib/contract/operations/index.ts";
import { getOpenApi } from "#lib/contract/operations/outside.ts";
import { serveAs } from "#lib/server/route.ts";
import packageJson from "../../../../package.json" with { type: "json" };

export const dynamic = "force-dynamic";

let made: OpenApi | undefined;

export const GET = serveAs(getOpenApi, async () => {
  made ??= openApi(operations, packageJson.version);
  return Response.json(made, { headers: { "cache-control": "public, max-age=300" } });
});
