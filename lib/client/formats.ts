// Figures and times as people read them. One language, and every zone is an argument: server and browser agree.
import { count, exactly, number, plural } from "#lib/core/counts.ts";
import { person } from "#lib/core/person.ts";
import { duration, percent, trim } from "#lib/core/spans.ts";

// What messages say as well, and so stands in core.
export { count, duration, exactly, number, percent, person, plural };

/** `4 s ago`, `in 3 min`, `now`. */
export function relative(iso: string, nowMs: number): string {
  const ms = Date.parse(iso) - nowMs;
  const size = Math.abs(ms);
  if (size < 1_000) return "now";
  const words = rough(size);
  return ms < 0 ? `${words} ago` : `in ${words}`;
}

/** A duration in one unit: `4 s`, `3 min`, `2 h`, `5 d`. */
export function rough(ms: number): string {
  if (ms < 60_000) return `${Math.floor(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)} h`;
  return `${Math.floor(ms / 86_400_000)} d`;
}

/** `14:02`, and with the day when that is another one than today: `20 Nov 14:02`. */
export function clock(iso: string, zone: string, nowMs: number, { seconds = false } = {}): string {
  const at = partsOf(iso, zone);
  const today = partsOf(new Date(nowMs).toISOString(), zone);
  const time = `${at.hour}:${at.minute}${seconds ? `:${at.second}` : ""}`;
  if (at.date === today.date) return time;
  const year = at.year === today.year ? "" : ` ${at.year}`;
  return `${at.day} ${at.month}${year} ${time}`;
}

/** Everything, for a title or a table: `20 Nov 2026 14:02:11 UTC`. */
export function fullTime(iso: string, zone: string): string {
  const at = partsOf(iso, zone);
  return `${at.day} ${at.month} ${at.year} ${at.hour}:${at.minute}:${at.second} ${zone}`;
}

/** A zone as people call it: `London time`; `UTC` stays. */
export function zoneWords(zone: string): string {
  const city = zone.includes("/") && !zone.startsWith("Etc/") ? zone.split("/").at(-1) : undefined;
  return city === undefined ? zone : `${city.replaceAll("_", " ")} time`;
}

/** A moment of another zone, and in the reader's when their clocks differ: `22:00 London time (23:00 your time)`. */
export function clockIn(
  iso: string,
  { zone, reader, nowMs }: { zone: string; reader: string; nowMs: number },
): string {
  const yours = clock(iso, reader, nowMs);
  const [there, here] = [partsOf(iso, zone), partsOf(iso, reader)];
  if (`${there.date} ${there.hour} ${there.minute}` === `${here.date} ${here.hour} ${here.minute}`)
    return yours;
  const time = there.date === here.date ? `${here.hour}:${here.minute}` : yours;
  return `${clock(iso, zone, nowMs)} ${zoneWords(zone)} (${time} your time)`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function partsOf(iso: string, zone: string) {
  const formatter =
    formatters.get(zone) ??
    new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "short",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  formatters.set(zone, formatter);
  const found = new Map(formatter.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes) => found.get(name) ?? "";
  const [year, month, day] = [part("year"), part("month"), part("day")];
  return {
    year,
    month,
    day,
    date: `${year} ${month} ${day}`,
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
  };
}

/** A figure behind a decision: `p95Ms` 2300 is `p95 2.3 s`, `errorShare` 0.2 is `error share 20 %`. */
export function figureWords(name: string, value: number | string | null): string {
  const words = name.replace(/\B([A-Z])/g, " $1").toLowerCase();
  if (typeof value !== "number") return `${words} ${value ?? "–"}`;
  if (name.endsWith("Ms")) return `${words.replace(/ ?ms$/, "")} ${duration(value)}`;
  if (/share$/i.test(name)) return `${words} ${percent(value)}`;
  return `${words} ${Number.isInteger(value) ? number(value) : trim(value)}`;
}
