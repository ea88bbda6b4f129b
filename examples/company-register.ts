// An adapter of one's own: asks a company register for a company, and keeps what the application wants of the answer.
import { z } from "zod";
import { BadPayload, defineAdapter } from "#worker/adapters/adapter.ts";
import { contractHeaders } from "#worker/adapters/contract-headers.ts";

const Wanted = z.object({ number: z.string().regex(/^\d{8}$/) });
const Company = z.object({ name: z.string(), dissolved: z.boolean() });

export const companyRegister = defineAdapter({
  options: z.strictObject({ country: z.enum(["de", "nl"]) }),
  create({ policy, options, proofNames }) {
    const path = (number: string) => `${new URL(policy.url).pathname}/${options.country}/${number}`;
    const headers = contractHeaders(proofNames, ["accept", "application/json"]);
    return {
      kind: "http",
      build(record, moment) {
        const { success, data } = Wanted.safeParse(JSON.parse(record.payload));
        if (!success) throw new BadPayload("number: must be eight digits");
        return { method: "GET", path: path(data.number), headers: headers(record, moment), body: null };
      },
      read({ status, body }) {
        try {
          return status === 200 ? { response: JSON.stringify(Company.parse(JSON.parse(body))) } : {};
        } catch {
          return { outcome: "unexpected", error: "200: what came is no company" };
        }
      },
    };
  },
});
