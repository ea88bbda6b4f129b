// POST /p/{slug}/token: OAuth2 client credentials. It suffers the provider's outage, and one of its own.
import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody, sendJson } from "#simulator/http.ts";
import type { Provider } from "#simulator/provider.ts";
import { issueToken, refuseTokenRequest } from "#simulator/tokens.ts";

export function tokenEndpoint(provider: Provider, request: IncomingMessage, response: ServerResponse): void {
  readBody(request, (body) => {
    const { knobs } = provider;
    if (knobs.outage === "black_hole") return;
    if (knobs.outage === "refuse") request.socket.resetAndDestroy();
    else if (knobs.outage === "503" || knobs.tokenEndpointDown)
      sendJson(response, 503, '{"error":"temporarily_unavailable"}');
    else grant(provider, request, body?.toString() ?? "", response);
  });
}

function grant(provider: Provider, request: IncomingMessage, body: string, response: ServerResponse): void {
  const { tokenSeconds, clientSecret } = provider.knobs;
  const refusal = refuseTokenRequest({ authorization: request.headers.authorization, body }, clientSecret);
  if (refusal !== null) {
    const status = refusal === "invalid_client" ? 401 : 400;
    sendJson(response, status, JSON.stringify({ error: refusal }));
    return;
  }
  const token = issueToken(provider.tokens, tokenSeconds, performance.now());
  const granted = { access_token: token, token_type: "Bearer", expires_in: tokenSeconds };
  sendJson(response, 200, JSON.stringify(granted), { "cache-control": "no-store" });
}
