// A log line for a person at a terminal: JSON as the processes write it, told in words.
const levels: Record<number, string> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};
const unsaid = new Set(["level", "time", "pid", "name", "msg", "err"]);

/** The line itself when it is not one of ours. */
export function readable(line: string): string {
  if (!line.startsWith("{")) return line;
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof entry.level !== "number" || typeof entry.msg !== "string") return line;
  const level = levels[entry.level] ?? "info";
  const facts = Object.entries(entry)
    .filter(([key]) => !unsaid.has(key))
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const { err } = entry;
  if (err && typeof err === "object" && "message" in err) facts.push(String(err.message));
  return [level === "info" ? "" : `${level}:`, entry.msg, ...facts].filter(Boolean).join(" ");
}
