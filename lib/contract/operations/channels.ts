// Where people are told, and which channel is told of what.

import { z } from "zod";
import {
  Channel,
  Channels,
  CreateChannel,
  DeletedChannel,
  PatchChannel,
  Routes,
  SavedChannel,
  SaveRoutes,
  TestedChannel,
} from "#lib/contract/channel.ts";
import * as desk from "#lib/contract/desk-examples.ts";
import * as examples from "#lib/contract/examples.ts";
import { operation } from "#lib/contract/operation.ts";
import { Slug } from "#lib/contract/slug.ts";
import { WholeListQuery } from "#lib/contract/whole-list.ts";

export const listChannels = operation({
  id: "listChannels",
  method: "GET",
  path: "/channels",
  tag: "Channels",
  summary: "Where people are told",
  may: "see",
  query: WholeListQuery,
  output: Channels,
  example: { output: { items: [desk.channel], next: null } },
});

export const createChannel = operation({
  id: "createChannel",
  method: "POST",
  path: "/channels",
  tag: "Channels",
  summary: "Makes a channel",
  may: "manage_desk",
  input: CreateChannel,
  output: SavedChannel,
  status: 201,
  headers: ["etag", "location"],
  example: {
    input: {
      slug: "desk",
      name: "The desk's Slack",
      kind: "slack",
      provider: "slack",
      address: "C0123456789",
    },
    output: desk.channel,
  },
});

export const getChannel = operation({
  id: "getChannel",
  method: "GET",
  path: "/channels/{slug}",
  tag: "Channels",
  summary: "One channel",
  may: "see",
  params: z.object({ slug: Slug }),
  output: Channel,
  headers: ["etag"],
  example: { params: { slug: "desk" }, output: desk.channel },
});

export const patchChannel = operation({
  id: "patchChannel",
  method: "PATCH",
  path: "/channels/{slug}",
  tag: "Channels",
  summary: "Changes a channel",
  may: "manage_desk",
  params: z.object({ slug: Slug }),
  input: PatchChannel,
  output: SavedChannel,
  headers: ["etag"],
  ifMatch: true,
  example: { params: { slug: "desk" }, input: { enabled: true }, output: desk.channel },
});

export const deleteChannel = operation({
  id: "deleteChannel",
  method: "DELETE",
  path: "/channels/{slug}",
  tag: "Channels",
  summary: "Deletes a channel, with its routes",
  may: "manage_desk",
  params: z.object({ slug: Slug }),
  output: DeletedChannel,
  problems: ["conflict"],
  ifMatch: true,
  example: { params: { slug: "desk" }, output: { slug: "desk", routes: 2 } },
});

export const testChannel = operation({
  id: "testChannel",
  method: "POST",
  path: "/channels/{slug}/test",
  tag: "Channels",
  summary: "Sends a test message",
  may: "manage_desk",
  params: z.object({ slug: Slug }),
  input: z.strictObject({}),
  output: TestedChannel,
  status: 201,
  headers: ["location"],
  example: {
    params: { slug: "desk" },
    input: {},
    output: { slug: "desk", recordId: examples.recordId, hold: null },
  },
});

export const listRoutes = operation({
  id: "listRoutes",
  method: "GET",
  path: "/routes",
  tag: "Channels",
  summary: "Which channel is told of what",
  may: "see",
  query: WholeListQuery,
  output: Routes,
  example: { output: { items: [desk.route], next: null } },
});

export const saveRoutes = operation({
  id: "saveRoutes",
  method: "PUT",
  path: "/routes",
  tag: "Channels",
  summary: "All routes, in place of those that there were",
  may: "manage_desk",
  input: SaveRoutes,
  output: Routes,
  example: {
    input: { items: [{ subject: "failures", channel: "desk", team: "technical" }] },
    output: { items: [desk.route], next: null },
  },
});
