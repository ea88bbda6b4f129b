// What came back from one HTTP call, before anybody says what it means.
export type Reply =
  | {
      kind: "response";
      status: number;
      /** Names in lower case. */
      headers: Record<string, string>;
      body: string;
      /** The body was longer than we read. */
      truncated: boolean;
    }
  | {
      kind: "timeout";
      phase: "connect" | "headers" | "body" | "total";
      /** Bytes of the request had left, so the provider may have it. */
      sent: boolean;
      /** How long we had waited, ms, when known. */
      afterMs?: number;
    }
  /** No proof of who we are could be had, so nothing was sent. */
  | { kind: "unauthorized"; why: string }
  | { kind: "network"; code: string; message: string; sent: boolean }
  /** The address may not be called: a private network, a forbidden port, not HTTP. */
  | { kind: "refused"; why: string };
