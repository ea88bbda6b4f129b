// End users: tokens for them, their pages' look, and their own records.

import { z } from "zod";
import * as desk from "#lib/contract/desk-examples.ts";
import * as examples from "#lib/contract/examples.ts";
import { operation } from "#lib/contract/operation.ts";
import {
  MintedToken,
  MintToken,
  MyAct,
  MyFix,
  MyRecord,
  MyRecordDetail,
  MyRecords,
  MyRecordsQuery,
  MySession,
  PortalSettings,
} from "#lib/contract/portal.ts";
import { RecordId } from "#lib/contract/record.ts";
import type { PortalAction } from "#lib/core/portal.ts";

export const mintPortalToken = operation({
  id: "mintPortalToken",
  method: "POST",
  path: "/portal-tokens",
  tag: "End users",
  summary: "Makes a token for an end user",
  may: "mint_tokens",
  input: MintToken,
  output: MintedToken,
  status: 201,
  example: {
    input: { owner: "customer-42", actions: ["see", "retry"], expiresInSeconds: 3_600 },
    output: {
      token: "eyJ…",
      expiresAt: "2026-11-21T15:00:00.000Z",
      url: "https://redrive.example/my?token=eyJ…",
      embedUrl: "https://redrive.example/embed/my?token=eyJ…",
    },
  },
});

export const getPortalSettings = operation({
  id: "getPortalSettings",
  method: "GET",
  path: "/settings/portal",
  tag: "End users",
  summary: "How end users' pages look, and who may frame them",
  may: "manage_desk",
  output: PortalSettings,
  example: { output: desk.portalSettings },
});

export const savePortalSettings = operation({
  id: "savePortalSettings",
  method: "PUT",
  path: "/settings/portal",
  tag: "End users",
  summary: "Changes how end users' pages look, and who may frame them",
  may: "manage_desk",
  input: PortalSettings,
  output: PortalSettings,
  example: {
    input: { hostName: "Example", frameAncestors: ["https://app.example.com"] },
    output: desk.portalSettings,
  },
});

export const listMyRecords = operation({
  id: "listMyRecords",
  method: "GET",
  path: "/my/records",
  tag: "End users",
  summary: "An end user's own records",
  may: { proof: "end_user", action: "see" },
  query: MyRecordsQuery,
  output: MyRecords,
  example: { query: { list: "failed" }, output: { items: [desk.myRecord], next: null } },
});

export const getMyRecord = operation({
  id: "getMyRecord",
  method: "GET",
  path: "/my/records/{id}",
  tag: "End users",
  summary: "One of an end user's own records",
  may: { proof: "end_user", action: "see" },
  params: z.object({ id: RecordId }),
  output: MyRecordDetail,
  example: {
    params: { id: examples.recordId },
    output: { ...desk.myRecord, fields: [], history: [{ at: examples.at, says: "Not delivered" }] },
  },
});

export const fixMyRecord = operation({
  id: "fixMyRecord",
  method: "POST",
  path: "/my/records/{id}/fix",
  tag: "End users",
  summary: "Sends a record again with corrections",
  may: { proof: "end_user", action: "edit" },
  params: z.object({ id: RecordId }),
  input: MyFix,
  output: MyRecord,
  problems: ["conflict"],
  example: {
    params: { id: examples.recordId },
    input: { fields: { "/customer/postal_code": "10115" } },
    output: {
      ...desk.myRecord,
      card: "on_it",
      headline: "On its way again",
      buttons: ["undo"],
      undoUntil: examples.later,
    },
  },
});

/** An act on an own record, which needs no word. */
const ownAct = (
  id: string,
  path: `/${string}`,
  summary: string,
  action: PortalAction | readonly PortalAction[],
) =>
  operation({
    id,
    method: "POST",
    path: `/my/records/{id}${path}`,
    tag: "End users",
    summary,
    may: { proof: "end_user", action },
    params: z.object({ id: RecordId }),
    input: MyAct,
    output: MyRecord,
    problems: ["conflict"],
    example: { params: { id: examples.recordId }, input: {}, output: desk.myRecord },
  });

export const retryMyRecord = ownAct("retryMyRecord", "/retry", "Sends an own record again", "retry");
export const undoMyRecord = ownAct("undoMyRecord", "/undo", "Takes that back while it has not left", [
  "retry",
  "edit",
]);
export const withdrawMyRecord = ownAct(
  "withdrawMyRecord",
  "/withdraw",
  "Closes an own record unsent",
  "withdraw",
);

export const openMySession = operation({
  id: "openMySession",
  method: "POST",
  path: "/my/session",
  tag: "End users",
  summary: "Exchanges a token for another with the same rights until the same end",
  description: "A token that is good once is used up by it.",
  may: { proof: "token" },
  output: MySession,
  status: 201,
  example: { output: { token: "eyJ…", expiresAt: "2026-11-21T15:00:00.000Z" } },
});
