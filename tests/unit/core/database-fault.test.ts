import { expect, test } from "vitest";
import { databaseFault } from "#lib/core/database-fault.ts";

const fault = (code: string, message = "") =>
  databaseFault(Object.assign(new Error(message), { code }))?.says ?? null;

test("refused, unknown, wrong password, no such database and TLS are told apart", () => {
  const said = ["ECONNREFUSED", "ENOTFOUND", "28P01", "3D000", "CERT_HAS_EXPIRED", "57P03"].map((code) =>
    fault(code),
  );
  expect(new Set(said).size).toBe(6);
  expect(said).not.toContain(null);
  expect(fault("DEPTH_ZERO_SELF_SIGNED_CERT")).toContain("TLS");
  expect(fault("ERR_TLS_CERT_ALTNAME_INVALID")).toContain("TLS");
});

test("what the driver said is not repeated, for it may hold the password", () => {
  expect(fault("ECONNREFUSED", "connect postgres://me:s3cret@host")).not.toContain("s3cret");
});

test("what is no fault of the database is left to others", () => {
  expect(fault("42703")).toBeNull();
  expect(databaseFault(new Error("a bug"))).toBeNull();
});
