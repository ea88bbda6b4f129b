// People who can sign in, and who they are in Slack.
import { queryOptions } from "@tanstack/react-query";
import { getJson, sendJson } from "#lib/client/http.ts";
import type { People, Person } from "#lib/contract/person.ts";

export const peopleQuery = () =>
  queryOptions({
    queryKey: ["people"],
    queryFn: async ({ signal }) => (await getJson<People>("/people", signal)).items,
  });

export const patchPerson = (id: string, slackUserId: string | null) =>
  sendJson<Person>("PATCH", `/people/${encodeURIComponent(id)}`, { slackUserId });
