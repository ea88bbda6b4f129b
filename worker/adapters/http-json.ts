// The default adapter: the payload as JSON, byte for byte as Postgres stores it.
import { z } from "zod";
import { defineAdapter } from "#worker/adapters/adapter.ts";
import { contractHeaders } from "#worker/adapters/contract-headers.ts";

export const httpJson = defineAdapter({
  options: z.strictObject({}),
  create({ policy: { url, method }, proofNames }) {
    const { pathname, search } = new URL(url);
    const path = pathname + search;
    const bodyless = method === "GET";
    const headers = contractHeaders(proofNames, bodyless ? [] : ["content-type", "application/json"]);
    return {
      kind: "http",
      build: (record, moment) => ({
        method,
        path,
        headers: headers(record, moment),
        body: bodyless ? null : record.payload,
      }),
    };
  },
});
