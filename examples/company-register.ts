// An adapter of one's own: asks a company register for a company, and keeps what the application wants of the answer.
import { z } from "zod";
import { BadPayload, defineAdapter } from "#worker/adapters/adapter.ts";
import { contractHeaders } from "#worker/adapters/contract-headers.ts";

const Wanted = z.object({ number: z.string().regex(/^\d{8}$/) });
const Company = z.object({ name: z.string(), dissolved: z.boolean() });

export const companyRegister = defineAdapter({
  options: z.strictObject({ country: z.enum(["de", "nl"]) }),
  create({ policy, options, proofNames }) {
    const { pathname } = new URL(policy.url);
    const headers = contractHeaders(proofNames, ["accept", "application/json"]);
    return {
      kind: "http",
      build(record, moment) {
        const wanted = Wanted.safeParse(JSON.parse(record.payload));
        if (!wanted.success) throw new BadPayload("number: must be eight digits");
        const path = `${pathname}/${options.country}/${wanted.data.number}`;
        return { method: "GET", path, headers: headers(record, moment), body: null };
      },
      read({ status, body }) {
        if (status === 404) return { outcome: "invalid", error: "404: no such company" };
        if (status !== 200) return {};
        return { response: JSON.stringify(Company.parse(JSON.parse(body))) };
      },
    };
  },
});
