// /metrics: text that Prometheus reads, figures that are right; and the rules and the dashboard in docs name only what it serves.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { GET as getMetrics } from "#app/metrics/route.ts";
import { evaluateAlerts } from "#db/writes/evaluate-alerts.ts";
import { outcomes } from "#lib/core/outcome.ts";
import { metrics } from "#lib/server/metrics.ts";
import { type Api, anApi, aRecord } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats", { batchSizeMax: 10 });
  await aProvider(api.sql, "crm");
});
afterAll(() => api[Symbol.asyncDispose]());
// What was answered within the last second is answered again; a test must see its own.
beforeEach(() => {
  Reflect.deleteProperty(globalThis, "redriveScrape");
});

const nameShape = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const sampleShape = new RegExp(
  `^(${nameShape})(?:\\{((?:${nameShape}="(?:[^"\\\\\\n]|\\\\.)*",?)*)\\})? (\\S+)$`,
);

/** The samples by name and labels, as `name{a="b"}`. Throws at a line that is not of the text format 0.0.4. */
function parsed(text: string): Map<string, number> {
  const found = new Map<string, number>();
  const typed = new Set<string>();
  expect(text.endsWith("\n")).toBe(true);
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const type = new RegExp(`^# TYPE (${nameShape}) (gauge|counter|histogram|summary|untyped)$`).exec(line);
    if (type?.[1]) typed.add(type[1]);
    if (type || new RegExp(`^# HELP ${nameShape} .+$`).test(line)) continue;
    const sample = sampleShape.exec(line);
    if (!sample?.[1]) throw new Error(`not of the format: ${line}`);
    const value = Number(sample[3]);
    expect(Number.isFinite(value), line).toBe(true);
    expect(typed.has(sample[1]), `${sample[1]} has no TYPE before it`).toBe(true);
    const key = sample[2] ? `${sample[1]}{${sample[2]}}` : sample[1];
    expect(found.has(key), `${key} stands there twice`).toBe(false);
    found.set(key, value);
  }
  return found;
}

async function scraped(): Promise<Map<string, number>> {
  const response = await getMetrics();
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return parsed(await response.text());
}

test("the text parses, and says what is", async () => {
  const { sql } = api;
  await sql`insert into redrive.workers (id, host, pid) values ('w', 'h', 1)`;
  await sql`insert into redrive.workers (id, host, pid, seen_at) values ('gone', 'h', 2, now() - interval '1 minute')`;
  const ids = [await aRecord.waiting(api), await aRecord.waiting(api), await aRecord.waiting(api)];
  await sql`update redrive.queue set due_at = now() - interval '90 seconds' where record_id = ${ids[0] ?? ""}`;
  await sql`update redrive.queue set due_at = now() + interval '1 hour' where record_id = ${ids[2] ?? ""}`;
  await sql`
    update redrive.provider_state
    set owner = 'w', lease_until = now() + interval '1 minute', in_flight = ${[ids[0] ?? ""]}, batch_size = 4
    where provider = 'ats'`;
  await sql`
    update redrive.provider_state
    set breaker = 'open', breaker_reason = 'failing', breaker_since = now(), next_probe_at = now() + interval '10 minutes'
    where provider = 'crm'`;
  await aRecord.waiting(api, "crm");
  await aRecord.failed(api);
  await aRecord.failed(api, { category: "client_data" });
  await aRecord.failed(api, { category: "client_data" });
  const byOutcome = outcomes.map((outcome) =>
    outcome === "delivered" ? 90 : outcome === "unavailable" ? 10 : 0,
  );
  // Four samples, ten seconds apart: 30 a second go, and the backlog grows by one a second.
  await sql`
    insert into redrive.throughput (provider, bucket, backlog, delivered, failed, by_outcome)
    select 'ats', date_bin('10 seconds', now(), '2000-01-01Z') - ago * interval '10 seconds', 600 - 10 * ago, 300, 0,
      ${byOutcome}::int[]
    from generate_series(0, 3) as ago`;
  await sql`
    insert into redrive.canaries (slug, provider, cron, payload, limit_ms, updated_by)
    values ('pulse', 'ats', '* * * * *', '{}', 10000, 'Ana')`;
  await sql`
    insert into redrive.canary_runs (canary, due_at, started_by, ended_at, took_ms, ok)
    values ('pulse', now(), 'clock', now(), 250, true)`;
  await evaluateAlerts(sql);
  await sql`delete from redrive.alerts`;
  await sql`
    insert into redrive.alerts (rule, kind, about, severity, title, figures, opened_at, last_at, changed_at, silenced_until, silenced_by, silence_reason)
    values ('r', 'disk', 'a', 'critical', 't', '{}', now(), now(), now(), null, null, null),
      ('r', 'disk', 'b', 'critical', 't', '{}', now(), now(), now(), now() + interval '1 hour', 'Ana', 'x')`;

  const found = await scraped();
  const about = (wanted: Record<string, number>) =>
    expect(Object.fromEntries(Object.keys(wanted).map((key) => [key, found.get(key)]))).toEqual(wanted);
  about({
    'redrive_due_records{provider="ats"}': 2,
    'redrive_due_records{provider="crm"}': 1,
    'redrive_held_records{provider="crm",hold="breaker_open"}': 1,
    'redrive_in_flight_records{provider="ats"}': 1,
    'redrive_batch_size{provider="ats"}': 4,
    'redrive_batch_size_max{provider="ats"}': 10,
    'redrive_breaker{provider="crm",state="open"}': 1,
    'redrive_breaker{provider="crm",state="closed"}': 0,
    'redrive_breaker{provider="ats",state="closed"}': 1,
    'redrive_provider_owned{provider="ats"}': 1,
    'redrive_backlog_records{provider="ats"}': 600,
    'redrive_delivered_per_second{provider="ats"}': 30,
    'redrive_arriving_per_second{provider="ats"}': 31,
    'redrive_drain_seconds{provider="ats"}': 20,
    'redrive_success_ratio{provider="ats"}': 0.9,
    'redrive_attempts_recent{provider="ats",outcome="unavailable"}': 40,
    'redrive_failures_open{team="technical"}': 1,
    'redrive_failures_open{team="client_data"}': 2,
    'redrive_provider_failures_open{provider="ats"}': 3,
    'redrive_alerts{severity="critical",state="open"}': 1,
    'redrive_alerts{severity="critical",state="silenced"}': 1,
    'redrive_alerts{severity="warning",state="open"}': 0,
    redrive_workers_alive: 1,
    redrive_workers_silent: 1,
    redrive_workers_desired: 1,
    'redrive_canary_ok{canary="pulse",provider="ats"}': 1,
    'redrive_canary_took_seconds{canary="pulse",provider="ats"}': 0.25,
    redrive_partitions_missing: 0,
    redrive_tokens_failing: 0,
  });
  expect(found.get('redrive_oldest_lag_seconds{provider="ats"}')).toBeGreaterThanOrEqual(90);
  expect(found.get('redrive_oldest_lag_seconds{provider="ats"}')).toBeLessThan(120);
  expect(found.get("redrive_database_bytes")).toBeGreaterThan(1_000_000);
  expect(found.get("redrive_alerts_evaluated_age_seconds")).toBeLessThan(60);
  expect(found.has('redrive_held_records{provider="ats",hold="breaker_open"}')).toBe(false);
});

test("a database that can't be asked is a 503, without a word of its own", async () => {
  await api.sql`alter table redrive.workers rename to workers_gone`;
  const response = await getMetrics();
  await api.sql`alter table redrive.workers_gone rename to workers`;
  expect(response.status).toBe(503);
  expect(await response.text()).not.toMatch(/workers_gone|relation|select/);
});

test("many who ask at once make one read of it", async () => {
  const [before] = await api.sql<{ calls: number }[]>`select count(*)::int as calls from redrive.workers`;
  const texts = await Promise.all(Array.from({ length: 20 }, async () => (await getMetrics()).text()));
  expect(new Set(texts).size).toBe(1);
  expect(before?.calls).toBeGreaterThan(0);
});

const docs = (path: string) => readFileSync(new URL(`../../../docs/${path}`, import.meta.url), "utf8");
const named = (text: string) => new Set([...text.matchAll(/\bredrive_[a-z_]+\b/g)].map(([name]) => name));

test("the Prometheus rules and the Grafana dashboard name only metrics and labels that are served", () => {
  for (const path of ["prometheus/rules.yml", "grafana/redrive.json"]) {
    const names = named(docs(path));
    expect(names.size).toBeGreaterThan(8);
    expect([...names].filter((name) => !(name in metrics))).toEqual([]);
  }
  const labels = new Set<string>(Object.values(metrics).flatMap(([, ...names]) => names));
  const used = [
    ...`${docs("prometheus/rules.yml")}${docs("grafana/redrive.json")}`.matchAll(
      /redrive_[a-z_]+\{([^}]*)\}/g,
    ),
  ];
  for (const [, selector = ""] of used) {
    for (const [, label = ""] of selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
      expect(labels).toContain(label);
  }
});

test("every metric is in the operations' list", () => {
  const text = docs("alerts.md");
  expect(Object.keys(metrics).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test("the Grafana dashboard is one that can be imported: panels with titles, queries and places", () => {
  const dashboard = JSON.parse(docs("grafana/redrive.json"));
  expect(dashboard).toMatchObject({ title: "Redrive", uid: "redrive", schemaVersion: expect.any(Number) });
  expect(dashboard.panels.length).toBeGreaterThan(8);
  expect(new Set(dashboard.panels.map(({ id }: { id: number }) => id)).size).toBe(dashboard.panels.length);
  for (const panel of dashboard.panels) {
    expect(panel).toMatchObject({
      title: expect.any(String),
      type: expect.stringMatching(/^(timeseries|stat|table|state-timeline)$/),
      gridPos: { x: expect.any(Number), y: expect.any(Number), w: expect.any(Number), h: expect.any(Number) },
      datasource: { type: "prometheus", uid: expect.stringMatching(/^\$\{datasource\}$/) },
    });
    expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
    expect(panel.targets.length).toBeGreaterThan(0);
    for (const target of panel.targets) expect(target.expr).toMatch(/redrive_/);
  }
});

/** The lines of the rules file, each `key: value`, by its indentation; throws at what is none of the shapes used there. */
test("the Prometheus rules parse: groups of rules, each with alert, expr, for, severity and words", () => {
  const lines = docs("prometheus/rules.yml")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.trim().startsWith("#"));
  expect(lines[0]).toBe("groups:");
  expect(docs("prometheus/rules.yml")).not.toContain("\t");
  const rules: Record<string, string>[] = [];
  let section = "";
  for (const line of lines.slice(1)) {
    const shape = /^( *)(- )?([a-z]+|alert):(?: (.+))?$/.exec(line);
    if (!shape) throw new Error(`not of the shape: ${line}`);
    const [, indent = "", dash = "", key = "", value = ""] = shape;
    const depth = indent.length + dash.length;
    if (depth === 4) {
      expect(["name", "interval", "rules"]).toContain(key);
    } else if (depth === 8) {
      if (dash) rules.push({});
      expect(["alert", "expr", "for", "labels", "annotations"]).toContain(key);
      section = value === "" ? key : "";
      if (value !== "") Object.assign(rules.at(-1) ?? {}, { [key]: value });
    } else if (depth === 10) {
      expect(["labels", "annotations"]).toContain(section);
      Object.assign(rules.at(-1) ?? {}, { [`${section}.${key}`]: value });
    } else {
      throw new Error(`at an odd depth: ${line}`);
    }
    // A plain scalar must hold nothing that YAML reads as its own.
    if (value !== "" && !/^(['"]).*\1$/.test(value))
      expect(value).not.toMatch(/(: | #|^[[\]{}&*!|>%@`'",-])/);
  }
  expect(rules.length).toBeGreaterThan(10);
  for (const rule of rules) {
    expect(rule).toMatchObject({
      alert: expect.stringMatching(/^Redrive[A-Z]\w+$/),
      expr: expect.stringMatching(/redrive_|up/),
      for: expect.stringMatching(/^\d+[sm]$/),
      "labels.severity": expect.stringMatching(/^(info|warning|critical)$/),
      "annotations.summary": expect.any(String),
      "annotations.description": expect.any(String),
    });
    const text = rule.expr ?? "";
    for (const [open, close] of ["()", "{}", "[]"]) {
      expect(text.split(open ?? "").length, text).toBe(text.split(close ?? "").length);
    }
  }
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
});
