// What happened to the installation as a whole, for all to see: breakers, pauses, changes of configuration, new releases,
// bulk operations. But for the breakers it is what the audit says of other things than single records and people.
export const systemEventKinds = ["breaker", "pause", "config", "deploy", "operation"] as const;
export type SystemEventKind = (typeof systemEventKinds)[number];

/** Kinds of subject whose audit rows concern one case or one person. */
export const singleSubjects = ["record", "group", "owner", "person", "alert"] as const;

/** An operator's acts on a provider: kind `pause`. */
export const pauseActions = [
  "provider.paused",
  "provider.resumed",
  "provider.pause_ended",
  "provider.probe_requested",
] as const;

/** Acts that change no configuration, and are seen where their results are. */
export const tryingActions = ["provider.schedule_started", "canary.started", "channel.tested"] as const;

/** The kind of what an audit row tells. */
export function systemEventKind(subjectKind: string, action: string): SystemEventKind {
  if (subjectKind === "operation") return "operation";
  if (subjectKind === "installation") return "deploy";
  return (pauseActions as readonly string[]).includes(action) ? "pause" : "config";
}
