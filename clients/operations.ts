// Made by "npm run clients" from the operations of the API. Do not edit it.

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What any call takes beside its own. */
export type CallOptions = {
  /** Under one key a write happens once; one is made for each write unless you give yours. */
  idempotencyKey?: string;
  /** The version that a change is for; another one refuses it with `version_mismatch`. */
  ifMatch?: number;
  signal?: AbortSignal;
};

export type AcknowledgeAlert = { readonly [name: string]: never };

export type Alert = { id: string; rule: string; ruleName: string; kind: "backlog_growing" | "oldest_record" | "breaker_open" | "success_rate" | "failures" | "canary" | "worker_silent" | "queue_without_owner" | "token_failing" | "partitions" | "disk" | "no_data"; about: string; provider: string | null; severity: "info" | "warning" | "critical"; state: "open" | "acknowledged" | "resolved"; title: string; figures: { readonly [name: string]: number | string | null }; openedAt: string; lastAt: string; changedAt: string; acknowledgedAt: string | null; acknowledgedBy: string | null; silencedUntil: string | null; silencedBy: string | null; silenceReason: string | null; resolvedAt: string | null };

export type AlertActed = { id: string; state: "open" | "acknowledged" | "resolved"; acknowledgedAt: string | null; acknowledgedBy: string | null; silencedUntil: string | null; silencedBy: string | null; silenceReason: string | null; resolvedAt: string | null };

export type AlertRule = { slug: string; name: string; kind: "backlog_growing" | "oldest_record" | "breaker_open" | "success_rate" | "failures" | "canary" | "worker_silent" | "queue_without_owner" | "token_failing" | "partitions" | "disk" | "no_data"; severity: "info" | "warning" | "critical"; provider: string | null; params: { readonly [name: string]: Json }; forMs: number; enabled: boolean; silencedUntil: string | null; silencedBy: string | null; silenceReason: string | null; version: number; updatedAt: string; updatedBy: string };

export type AlertRules = { items: readonly (AlertRule)[]; next: string | null };

export type Alerts = { items: readonly (Alert)[]; next: string | null; counts: { open: number; acknowledged: number; silenced: number; resolved: number }; evaluatedAt: string | null };

export type ApiKey = { id: string; name: string; state: "active" | "expired" | "revoked"; hint: string | null; scopes: readonly ("enqueue" | "read" | "operate" | "admin")[]; permissions: readonly ("see" | "see_payload" | "enqueue" | "retry_technical" | "retry_client_data" | "reject_technical" | "reject_client_data" | "bulk" | "bulk_many" | "assign" | "edit_allowed" | "edit" | "operate" | "manage_providers" | "manage_desk" | "mint_tokens" | "manage_keys" | "simulate")[]; providers: readonly (string)[] | null; owner: string | null; version: number; createdAt: string; createdBy: string | null; expiresAt: string | null; lastUsedAt: string | null; formerUntil: string | null; revokedAt: string | null; revokedBy: string | null };

export type ApiKeys = { items: readonly (ApiKey)[]; next: string | null };

export type Assign = { assignee: string | null; from?: string | null };

export type Audit = { items: readonly (AuditEntry)[]; next: string | null };

export type AuditEntry = { id: number; at: string; actor: string; action: string; subjectKind: string; subjectId: string; reason: string | null; detail: { readonly [name: string]: Json } };

export type BatchChange = { at: string; from: number; to: number; breaker: "closed" | "open" | "half_open"; reason: string; figures: { readonly [name: string]: number | string | null } };

export type BatchChanges = { items: readonly (BatchChange)[]; next: string | null };

export type Canaries = { items: readonly (Canary)[]; next: string | null };

export type Canary = { slug: string; provider: string; providerName: string; builtIn: boolean; cron: string; timeZone: string; payload: Json; payloadHidden: boolean; expect: { status?: number; jsonPath?: string; equals?: string | number | boolean | null }; limitMs: number; enabled: boolean; version: number; updatedAt: string; updatedBy: string; state: "ok" | "slow" | "failed" | "silent" | "new" | "off"; nextAt: string | null; runs: readonly (CanaryRun)[] };

export type CanaryRun = { dueAt: string; startedBy: string; startedAt: string; endedAt: string | null; state: "running" | "ok" | "slow" | "failed"; tookMs: number | null; error: string | null; recordId: string | null };

export type CanaryRuns = { items: readonly (CanaryRun)[]; next: string | null };

export type CancelRetry = { readonly [name: string]: never };

export type ChangeOperation = { reason?: string };

export type ChangedCanary = { slug: string; version: number };

export type ChangedInboundSource = { slug: string; path: string; version: number };

export type Channel = { slug: string; name: string; provider: string; address: string; fallback: string | null; enabled: boolean; kind: "slack" | "email" | "webhook"; providerName: string; hold: "disabled" | "paused" | "outside_window" | "quota_spent" | "breaker_open" | "unhealthy" | null; lastSentAt: string | null; version: number; updatedAt: string; updatedBy: string };

export type Channels = { items: readonly (Channel)[]; next: string | null };

export type CreateAlertRule = { slug: string; name?: string; kind: "backlog_growing" | "oldest_record" | "breaker_open" | "success_rate" | "failures" | "canary" | "worker_silent" | "queue_without_owner" | "token_failing" | "partitions" | "disk" | "no_data"; severity?: "info" | "warning" | "critical"; provider?: string | null; params?: { readonly [name: string]: unknown }; forMs?: number; enabled?: boolean };

export type CreateCanary = { slug: string; provider: string; cron: string; timeZone?: string; payload: unknown; expect?: { status?: number; jsonPath?: string; equals?: string | number | boolean | null }; limitMs?: number; enabled?: boolean };

export type CreateChannel = { slug: string; name?: string; kind: "slack" | "email" | "webhook"; provider: string; address?: string; fallback?: string | null; enabled?: boolean };

export type CreateInboundSource = { slug: string; kind: "standard_webhooks" | "github" | "stripe" | "slack" | "shopify" | "hmac" | "basic" | "token"; name?: string; provider: string; secrets: readonly (string | { secret: string; until?: string | null })[]; options?: InboundSourceOptionsInput; mapping?: InboundSourceMappingInput; enabled?: boolean; bytesMax?: number };

export type CreateKey = { name: string; scopes: readonly ("enqueue" | "read" | "operate" | "admin")[]; providers?: readonly (string)[] | null; owner?: string | null; expiresAt?: string | null };

export type CreateOperation = { action: "retry" | "reject"; filter: FailureFilterInput; cutoff: string; expected: number; rate?: number; first?: number; reason: string; code?: "duplicate" | "obsolete" | "wrong_data" | "customer_wish" | "other" };

export type CreateTeam = { slug: string; name: string; kind: "technical" | "client_data"; position?: number; rules?: readonly (TeamRuleInput)[] };

export type DeletedCanary = { slug: string };

export type DeletedChannel = { slug: string; routes: number };

export type DeletedInboundSource = { slug: string };

export type EnqueueRecord = { provider: string; payload: unknown; id?: string; type?: string; idempotencyKey?: string; dedupeKey?: string; orderingKey?: string; correlationId?: string; owner?: string; subject?: string; headers?: { readonly [name: string]: string }; priority?: number; notBefore?: string; onDelivered?: string; onFailed?: string; onRejected?: string; keepResponse?: boolean };

export type EnqueuedRecord = { id: string };

export type Failure = { id: string; state: "open" | "rejected"; provider: string; providerName: string; subject: string | null; owner: string | null; type: string | null; correlationId: string | null; category: "technical" | "client_data" | "poison" | "adapter_error"; team: string; teamName: string; teamKind: "technical" | "client_data"; fingerprint: string; outcome: "delivered" | "duplicate" | "invalid" | "unauthorized" | "throttled" | "unavailable" | "ambiguous" | "unexpected" | null; statusCode: number | null; message: string; attempts: number; failedAt: string; assignee: string | null; closedAt: string | null; closedBy: string | null; closedReason: string | null };

export type FailureDetail = { category: "technical" | "client_data" | "poison" | "adapter_error"; team: string; teamName: string; teamKind: "technical" | "client_data"; outcome: "delivered" | "duplicate" | "invalid" | "unauthorized" | "throttled" | "unavailable" | "ambiguous" | "unexpected" | null; statusCode: number | null; failedAt: string; fingerprint: string; assignee: string | null };

export type FailureFilter = { ids?: readonly (string)[]; provider?: string; team?: string; category?: "technical" | "client_data" | "poison" | "adapter_error"; statusCode?: number; fingerprint?: string; assignee?: string; type?: string; owner?: string; q?: string; from?: string };

export type FailureFilterInput = { ids?: readonly (string)[]; provider?: string; team?: string; category?: "technical" | "client_data" | "poison" | "adapter_error"; statusCode?: number; fingerprint?: string; assignee?: string; type?: string; owner?: string; q?: string; from?: string };

export type FailureGroup = { id: string; fingerprint: string; title: string; provider: string; providerName: string; type: string | null; category: "technical" | "client_data" | "poison" | "adapter_error"; team: string; teamName: string; teamKind: "technical" | "client_data"; statusCode: number | null; records: number; total: number; owners: number; ownersAtLeast: boolean; openedAt: string; lastAt: string; changedAt: string; emptiedAt: string | null; resolvedAt: string | null; trend: readonly (number)[]; isNew: boolean; isGrowing: boolean; isBackAgain: boolean; assignee: string | null; note: string | null; mutedUntil: string | null; touchedAt: string | null; touchedBy: string | null; lastAct: string | null; lastActBy: string | null; lastActAt: string | null; lastActRecords: number | null };

export type FailureGroups = { items: readonly (FailureGroup)[]; next: string | null };

export type Failures = { items: readonly (Failure)[]; next: string | null; counts: { technical: number; client_data: number; rejected: number; teams: { readonly [name: string]: number } }; lastDeliveryAt: string | null };

export type GroupAct = { id: string; acted: number; open: number; by: string; at: string };

export type InboundFigures = { accepted: number; duplicates: number; refused: number; notStored: number; lastAcceptedAt: string | null; lastRefusal: string | null; lastRefusedAt: string | null };

export type InboundSource = { slug: string; name: string; kind: "standard_webhooks" | "github" | "stripe" | "slack" | "shopify" | "hmac" | "basic" | "token"; provider: string; options: InboundSourceOptions; mapping: InboundSourceMapping; secrets: readonly ({ addedAt: string; until: string | null })[]; enabled: boolean; bytesMax: number; path: string; version: number; updatedAt: string; updatedBy: string; lastHour: InboundFigures };

export type InboundSourceMapping = { id?: string | null; type?: string | null; subject?: string | null; owner?: string | null; orderingKey?: string | null };

export type InboundSourceMappingInput = { id?: string | null; type?: string | null; subject?: string | null; owner?: string | null; orderingKey?: string | null };

export type InboundSourceOptions = { hmac?: { algorithm: "sha1" | "sha256" | "sha512"; header: string; encoding: "hex" | "base64"; prefix: string; content: string; timestampHeader: string | null; toleranceSeconds: number }; basic?: { user: string }; token?: { header: string; prefix: string } };

export type InboundSourceOptionsInput = { hmac?: { algorithm?: "sha1" | "sha256" | "sha512"; header: string; encoding?: "hex" | "base64"; prefix?: string; content?: string; timestampHeader?: string | null; toleranceSeconds?: number }; basic?: { user: string }; token?: { header?: string; prefix?: string } };

export type InboundSources = { items: readonly (InboundSource)[]; next: string | null };

export type Knobs = { latency: { distribution: "fixed" | "uniform" | "lognormal" | "bimodal"; medianMs: number; spread: number; slowMs: number }; capacity: number | null; overload: "429" | "503" | "slower"; errorShare: number; timeoutShare: number; resetShare: number; lostReplyShare: number; outage: "503" | "none" | "refuse" | "black_hole"; retryAfter: string | null; health: "truth" | "always_ok" | "always_ill"; reject: { path: string; pattern: string; message: string } | null; conflictOnDuplicate: boolean; refuseAs: number | null; requireToken: boolean; tokenSeconds: number; clientSecret: string | null; tokenEndpointDown: boolean };

export type MintToken = { owner: string; actions?: readonly ("see" | "retry" | "edit" | "withdraw")[]; expiresInSeconds?: number; once?: boolean; timeZone?: string };

export type MintedToken = { token: string; expiresAt: string; url: string; embedUrl: string };

export type Move = { team: string };

export type MoveRecord = { team: string; reason?: string };

export type MuteGroup = { until: string | null };

export type NewRoute = { subject: "failures" | "alert"; channel: string; team?: string | null; provider?: string | null; severity?: "info" | "warning" | "critical" };

export type NoteGroup = { note: string | null };

export type Operation = { id: string; action: "retry" | "reject"; state: "running" | "paused" | "done" | "cancelled"; filter: FailureFilter; cutoff: string; reason: string; code: "duplicate" | "obsolete" | "wrong_data" | "customer_wish" | "other" | null; rate: number | null; first: number | null; matched: number; eligible: number; acted: number; left: number; skipped: { notAllowed: number; taken: number; busy: number }; remainingMs: number | null; createdAt: string; createdBy: string; changedAt: string | null; changedBy: string | null; changeReason: string | null; endedAt: string | null };

export type OperationDetail = { id: string; action: "retry" | "reject"; state: "running" | "paused" | "done" | "cancelled"; filter: FailureFilter; cutoff: string; reason: string; code: "duplicate" | "obsolete" | "wrong_data" | "customer_wish" | "other" | null; rate: number | null; first: number | null; matched: number; eligible: number; acted: number; left: number; skipped: { notAllowed: number; taken: number; busy: number }; remainingMs: number | null; createdAt: string; createdBy: string; changedAt: string | null; changedBy: string | null; changeReason: string | null; endedAt: string | null; failedAgain: number };

export type OperationPreview = { cutoff: string; matched: number; eligible: number; notAllowed: number; rateMax: number | null; rateUsual: number | null; providers: readonly ({ provider: string; eligible: number })[] };

export type OperationRecords = { items: readonly ({ id: string; provider: string; status: "waiting" | "sending" | "retrying" | "held" | "delivered" | "failed" | "rejected" | "discarded" | "duplicate"; attempts: number; type: string | null; subject: string | null; owner: string | null; correlationId: string | null; createdAt: string; settledAt: string | null; dueAt: string | null; lastError: string | null; actedAt: string; failedAgain: boolean })[]; next: string | null };

export type Operations = { items: readonly (Operation)[]; next: string | null };

export type Overview = { deliveredPerMinute: number; successRate: number | null; oldestDueAt: string | null; needHuman: { technical: number; client_data: number; others: number }; breakersOpen: number; workerSeenAt: string | null; providers: readonly (ProviderSummary)[]; throughput: readonly (ThroughputPoint)[]; newestFailures: readonly (Failure)[] };

export type PatchAlertRule = { name?: string; severity?: "info" | "warning" | "critical"; provider?: string | null; params?: { readonly [name: string]: unknown }; forMs?: number; enabled?: boolean };

export type PatchCanary = { cron?: string; timeZone?: string; payload?: unknown; expect?: { status?: number; jsonPath?: string; equals?: string | number | boolean | null }; limitMs?: number; enabled?: boolean };

export type PatchChannel = { name?: string; provider?: string; address?: string; fallback?: string | null; enabled?: boolean };

export type PatchInboundSource = { name?: string; provider?: string; options?: InboundSourceOptionsInput; mapping?: InboundSourceMappingInput; enabled?: boolean; bytesMax?: number; secrets?: readonly (string | { secret: string; until?: string | null })[]; rotate?: { secret: string; overlapSeconds?: number } };

export type PatchKey = { name?: string; scopes?: readonly ("enqueue" | "read" | "operate" | "admin")[]; providers?: readonly (string)[] | null; owner?: string | null; expiresAt?: string | null };

export type PatchKnobs = { latency?: { distribution?: "fixed" | "uniform" | "lognormal" | "bimodal"; medianMs?: number; spread?: number; slowMs?: number }; capacity?: number | null; overload?: "429" | "503" | "slower"; errorShare?: number; timeoutShare?: number; resetShare?: number; lostReplyShare?: number; outage?: "503" | "none" | "refuse" | "black_hole"; retryAfter?: string | null; health?: "truth" | "always_ok" | "always_ill"; reject?: { path: string; pattern: string; message: string } | null; conflictOnDuplicate?: boolean; refuseAs?: number | null; requireToken?: boolean; tokenSeconds?: number; clientSecret?: string | null; tokenEndpointDown?: boolean };

export type PatchPerson = { slackUserId: string | null };

export type PatchProvider = { name?: string; url?: string; method?: "POST" | "PUT" | "PATCH" | "GET" | "DELETE"; adapter?: string; options?: { readonly [name: string]: unknown }; batchSizeMax?: number; connectionsMax?: number; slowMs?: number; health?: { url: string; method?: "GET" | "HEAD" | "POST"; everyMs?: number; timeoutMs?: number; expect?: number; slowMs?: number | null; ill?: readonly (RuleWhenInput)[] } | null; auth?: { kind: "none" } | { kind: "header"; name: string; value: string | null } | { kind: "basic"; user: string; password: string | null } | { kind: "standard_webhooks"; secrets: readonly (string | { secret: string; until: string })[] | null } | { kind: "oauth2_client_credentials"; tokenUrl: string; clientId: string; clientSecret: string | null; scope?: string | null; audience?: string | null; send?: "basic" | "post" }; rules?: readonly (RuleInput)[]; onInvalid?: "fail" | "discard"; keepResponse?: boolean; dedupePeriod?: "hour" | "day" | "week" | "month"; autoRedrive?: boolean; schedules?: readonly (ScheduleInput)[]; timeoutMs?: { connect?: number; headers?: number; total?: number }; backoff?: { baseMs?: number; factor?: number; jitter?: number; attemptsMax?: number }; breaker?: { probeEveryMs?: number; goodTrials?: number }; windows?: { timeZone?: string; deliver?: readonly (WindowInput)[]; maintenance?: readonly (WindowInput)[] }; limits?: { perSecond?: number | null; perMinute?: number | null; perDay?: number | null; perRun?: number | null; runEveryMs?: number }; flags?: { enabled?: boolean; shadow?: boolean; percentage?: number }; edit?: { allowed?: readonly (string)[]; locked?: readonly (string)[] } };

export type PatchTeam = { name?: string; kind?: "technical" | "client_data"; position?: number; rules?: readonly (TeamRuleInput)[] };

export type PauseProvider = { reason: string; until?: string };

export type People = { items: readonly (Person)[]; next: string | null };

export type Person = { id: string; name: string; email: string; role: "end_user" | "support_data" | "support_tech" | "developer" | "admin"; slackUserId: string | null; isDisabled: boolean };

export type PortalSettings = { hostName: string; hostUrl: string | null; frameAncestors: readonly (Json)[]; timeZone: string; css: { accent?: Json; ground?: Json; surface?: Json; ink?: Json; quiet?: Json; line?: Json; dark: { accent?: Json; ground?: Json; surface?: Json; ink?: Json; quiet?: Json; line?: Json }; scheme: "auto" | "light" | "dark"; radius?: string; font?: string } };

export type PortalSettingsInput = { hostName?: string; hostUrl?: string | null; frameAncestors?: readonly (string)[]; timeZone?: string; css?: { accent?: string; ground?: string; surface?: string; ink?: string; quiet?: string; line?: string; dark?: { accent?: string; ground?: string; surface?: string; ink?: string; quiet?: string; line?: string }; scheme?: "auto" | "light" | "dark"; radius?: string; font?: string } };

export type PreviewOperation = { action: "retry" | "reject"; filter: FailureFilterInput; cutoff?: string };

export type ProbeProvider = { reason?: string };

export type Provider = { name: string; url: string; method: "POST" | "PUT" | "PATCH" | "GET" | "DELETE"; adapter: string; options: { readonly [name: string]: Json }; batchSizeMax: number; connectionsMax: number; slowMs: number; timeoutMs: { connect: number; headers: number; total: number }; backoff: { baseMs: number; factor: number; jitter: number; attemptsMax: number }; breaker: { probeEveryMs: number; goodTrials: number }; health: { url: string; method: "GET" | "HEAD" | "POST"; everyMs: number; timeoutMs: number; expect: number; slowMs: number | null; ill: readonly (RuleWhen)[] } | null; auth: { kind: "none" } | { kind: "header"; name: string; value: string | null } | { kind: "basic"; user: string; password: string | null } | { kind: "standard_webhooks"; secrets: readonly (string | { secret: string; until: string })[] | null } | { kind: "oauth2_client_credentials"; tokenUrl: string; clientId: string; clientSecret: string | null; scope: string | null; audience: string | null; send: "basic" | "post" }; windows: { timeZone: string; deliver: readonly (Window)[]; maintenance: readonly (Window)[] }; limits: { perSecond: number | null; perMinute: number | null; perDay: number | null; perRun: number | null; runEveryMs: number }; rules: readonly (Rule)[]; onInvalid: "fail" | "discard"; keepResponse: boolean; dedupePeriod: "hour" | "day" | "week" | "month"; autoRedrive: boolean; schedules: readonly (Schedule)[]; edit: { allowed: readonly (string)[]; locked: readonly (string)[] }; flags: { enabled: boolean; shadow: boolean; percentage: number }; slug: string; version: number; updatedAt: string; updatedBy: string };

export type ProviderAct = { slug: string; breaker: "closed" | "open" | "half_open"; hold: "disabled" | "paused" | "outside_window" | "quota_spent" | "breaker_open" | "unhealthy" | null; holdUntil: string | null; pausedBy: string | null; pauseReason: string | null; probeRequestedBy: string | null };

export type ProviderHealth = { green: boolean; checkedAt: string; detail: string; lying: boolean };

export type ProviderState = { breaker: "closed" | "open" | "half_open"; breakerReason: "failing" | "slow" | "stalled" | "unauthorized" | "rejecting" | "probe_failed" | "tripped" | null; breakerSince: string | null; nextProbeAt: string | null; batchSize: number; hold: "disabled" | "paused" | "outside_window" | "quota_spent" | "breaker_open" | "unhealthy" | null; holdUntil: string | null; holdReason: string | null; pausedBy: string | null; pauseReason: string | null; health: ProviderHealth | null; quota: { perDay: number; used: number; resetsAt: string } | null; redriving: number; schedules: readonly ({ name: string; nextAt: string | null; lastAt: string | null })[]; waiting: number; retrying: number; sending: number; held: number; failed: number; oldestDueAt: string | null; owner: string | null };

export type ProviderSummary = { slug: string; name: string; builtIn: boolean; state: ProviderState; batchSizeMax: number; shadow: boolean; percentage: number; deliveredPerMinute: number; successRate: number | null; p95Ms: number | null; sparkline: readonly (number)[]; drainSeconds: number | null };

export type ProviderWithState = { name: string; url: string; method: "POST" | "PUT" | "PATCH" | "GET" | "DELETE"; adapter: string; options: { readonly [name: string]: Json }; batchSizeMax: number; connectionsMax: number; slowMs: number; timeoutMs: { connect: number; headers: number; total: number }; backoff: { baseMs: number; factor: number; jitter: number; attemptsMax: number }; breaker: { probeEveryMs: number; goodTrials: number }; health: { url: string; method: "GET" | "HEAD" | "POST"; everyMs: number; timeoutMs: number; expect: number; slowMs: number | null; ill: readonly (RuleWhen)[] } | null; auth: { kind: "none" } | { kind: "header"; name: string; value: string | null } | { kind: "basic"; user: string; password: string | null } | { kind: "standard_webhooks"; secrets: readonly (string | { secret: string; until: string })[] | null } | { kind: "oauth2_client_credentials"; tokenUrl: string; clientId: string; clientSecret: string | null; scope: string | null; audience: string | null; send: "basic" | "post" }; windows: { timeZone: string; deliver: readonly (Window)[]; maintenance: readonly (Window)[] }; limits: { perSecond: number | null; perMinute: number | null; perDay: number | null; perRun: number | null; runEveryMs: number }; rules: readonly (Rule)[]; onInvalid: "fail" | "discard"; keepResponse: boolean; dedupePeriod: "hour" | "day" | "week" | "month"; autoRedrive: boolean; schedules: readonly (Schedule)[]; edit: { allowed: readonly (string)[]; locked: readonly (string)[] }; flags: { enabled: boolean; shadow: boolean; percentage: number }; slug: string; version: number; updatedAt: string; updatedBy: string; state: ProviderState };

export type RecordAct = { id: string; status: "waiting" | "sending" | "retrying" | "held" | "delivered" | "failed" | "rejected" | "discarded" | "duplicate"; dueAt: string | null };

export type RecordDetail = { id: string; provider: string; status: "waiting" | "sending" | "retrying" | "held" | "delivered" | "failed" | "rejected" | "discarded" | "duplicate"; attempts: number; type: string | null; subject: string | null; owner: string | null; correlationId: string | null; createdAt: string; settledAt: string | null; dueAt: string | null; lastError: string | null; providerName: string; payload: Json; payloadHidden: boolean; revisions: readonly (Revision)[]; orderingKey: string | null; dedupeKey: string | null; skippedBy: string | null; failure: FailureDetail | null; events: readonly (TimelineEvent)[] };

export type RecordSummary = { id: string; provider: string; status: "waiting" | "sending" | "retrying" | "held" | "delivered" | "failed" | "rejected" | "discarded" | "duplicate"; attempts: number; type: string | null; subject: string | null; owner: string | null; correlationId: string | null; createdAt: string; settledAt: string | null; dueAt: string | null; lastError: string | null };

export type Records = { items: readonly (RecordSummary)[]; next: string | null };

export type RejectGroup = { reason: string; code?: "duplicate" | "obsolete" | "wrong_data" | "customer_wish" | "other" };

export type RejectRecord = { reason: string; code?: "duplicate" | "obsolete" | "wrong_data" | "customer_wish" | "other" };

export type ReopenRecord = { reason?: string };

export type RetryGroup = { first?: number; reason?: string };

export type RetryRecord = { at?: string; payload?: unknown; reason?: string };

export type Revision = { nth: number; payload: Json; at: string; by: string | null; reason: string | null };

export type RotateKey = { overlapSeconds?: number };

export type Route = { id: string; subject: "failures" | "alert"; channel: string; team: string | null; provider: string | null; severity: "info" | "warning" | "critical" };

export type Routes = { items: readonly (Route)[]; next: string | null };

export type Rule = { when: RuleWhen; outcome: "delivered" | "duplicate" | "invalid" | "unauthorized" | "throttled" | "unavailable" | "ambiguous" | "unexpected"; team?: string; say?: string };

export type RuleInput = { when: RuleWhenInput; outcome: "delivered" | "duplicate" | "invalid" | "unauthorized" | "throttled" | "unavailable" | "ambiguous" | "unexpected"; team?: string; say?: string };

export type RuleWhen = { status?: number | "1xx" | "2xx" | "3xx" | "4xx" | "5xx"; header?: string; jsonPath?: string; body?: string; equals?: string | number | boolean | null; matches?: string };

export type RuleWhenInput = { status?: number | "1xx" | "2xx" | "3xx" | "4xx" | "5xx"; header?: string; jsonPath?: string; body?: string; equals?: string | number | boolean | null; matches?: string };

export type RunCanary = { reason?: string };

export type RunSchedule = { reason: string };

export type SaveRoutes = { items: readonly (NewRoute)[] };

export type SavedChannel = { slug: string; name: string; provider: string; address: string; fallback: string | null; enabled: boolean; kind: "slack" | "email" | "webhook"; version: number; updatedAt: string; updatedBy: string };

export type Schedule = { name: string; cron: string; run: string };

export type ScheduleInput = { name: string; cron: string; run: string };

export type ShowPayload = { reason?: string };

export type ShownKey = { id: string; name: string; state: "active" | "expired" | "revoked"; hint: string | null; scopes: readonly ("enqueue" | "read" | "operate" | "admin")[]; permissions: readonly ("see" | "see_payload" | "enqueue" | "retry_technical" | "retry_client_data" | "reject_technical" | "reject_client_data" | "bulk" | "bulk_many" | "assign" | "edit_allowed" | "edit" | "operate" | "manage_providers" | "manage_desk" | "mint_tokens" | "manage_keys" | "simulate")[]; providers: readonly (string)[] | null; owner: string | null; version: number; createdAt: string; createdBy: string | null; expiresAt: string | null; lastUsedAt: string | null; formerUntil: string | null; revokedAt: string | null; revokedBy: string | null; key: string };

export type ShownPayload = { payload: string; revision: number; edit: { allowed: readonly (string)[]; locked: readonly (string)[] } };

export type Silence = { until: string; reason: string };

export type SimulatedProvider = { slug: string; knobs: Knobs; inFlight: number; peakInFlight: number; connections: number; peakConnections: number; connectionsOpened: number; received: number; accepted: number; keys: number; doubled: number; tokensIssued: number };

export type SimulatorState = { demo: boolean; story: string | null; items: readonly (SimulatedProvider)[] };

export type SkipRecord = { reason: string };

export type StartedCanary = { canary: string; provider: string; recordId: string; startedAt: string };

export type StartedSchedule = { provider: string; schedule: string; startedAt: string };

export type SystemEvent = { id: string; at: string; kind: "breaker" | "pause" | "config" | "deploy" | "operation"; action: string; provider: string | null; subject: string | null; actor: string | null; reason: string | null; detail: { readonly [name: string]: Json } };

export type SystemEvents = { items: readonly (SystemEvent)[]; next: string | null };

export type Team = { slug: string; name: string; kind: "technical" | "client_data"; position: number; rules: readonly (TeamRule)[]; builtIn: boolean };

export type TeamFigures = { items: readonly ({ team: string; teamName: string; openGroups: number; openRecords: number; groups: number; firstTouchMs: number | null; resolveMs: number | null })[]; next: string | null };

export type TeamRule = { provider: string | null; type: string | null; category: "technical" | "client_data" | "poison" | "adapter_error" | null; statusCode: number | null; contains: string | null };

export type TeamRuleInput = { provider?: string | null; type?: string | null; category?: "technical" | "client_data" | "poison" | "adapter_error" | null; statusCode?: number | null; contains?: string | null };

export type Teams = { items: readonly (Team)[]; next: string | null };

export type TestedChannel = { slug: string; recordId: string; hold: "disabled" | "paused" | "outside_window" | "quota_spent" | "breaker_open" | "unhealthy" | null };

export type Throughput = { step: number; items: readonly (ThroughputPoint)[] };

export type ThroughputPoint = { at: string; delivered: number; retried: number; failed: number; held: number; backlog: number | null; oldestMs: number | null; batchSize: number | null; p50Ms: number | null; p95Ms: number | null; p99Ms: number | null; byOutcome: { readonly [name: string]: number } };

export type TimelineEvent = { at: string; kind: "attempted" | "delivered" | "duplicate" | "failed" | "discarded" | "shadowed" | "interrupted" | "retried" | "redriven" | "retry_cancelled" | "rejected" | "skipped" | "reopened" | "edited" | "assigned" | "moved"; attempt: number | null; outcome: "delivered" | "duplicate" | "invalid" | "unauthorized" | "throttled" | "unavailable" | "ambiguous" | "unexpected" | null; status: number | null; durationMs: number | null; actor: string | null; reason: string | null; detail: { readonly [name: string]: Json } };

export type Unsilence = { readonly [name: string]: never };

export type Window = { days: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[]; from: string; to: string };

export type WindowInput = { days: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[]; from: string; to: string };

/** Every operation of the API that a key can use. */
export interface Calls {
  /** Says that somebody has it in hand. Needs the permission operate. */
  acknowledgeAlert(id: string, body?: AcknowledgeAlert, options?: CallOptions): Promise<AlertActed>;
  /** Gives a group to a person, with what comes to it later. Needs the permission assign. */
  assignGroup(id: string, body: Assign, options?: CallOptions): Promise<GroupAct>;
  /** Gives a failure to a person. Needs the permission assign. */
  assignRecord(id: string, body: Assign, options?: CallOptions): Promise<RecordAct>;
  /** Ends an operation: the rest of the failures stay as they are. Needs the permission bulk. */
  cancelOperation(id: string, body?: ChangeOperation, options?: CallOptions): Promise<Operation>;
  /** Takes a retry back while it has not left. Needs the permission retry_technical or retry_client_data. */
  cancelRetry(id: string, body?: CancelRetry, options?: CallOptions): Promise<RecordAct>;
  /** Makes an alert rule. Needs the permission manage_desk. */
  createAlertRule(body: CreateAlertRule, options?: CallOptions): Promise<AlertRule>;
  /** Makes a canary. Needs the permission manage_desk. */
  createCanary(body: CreateCanary, options?: CallOptions): Promise<ChangedCanary>;
  /** Makes a channel. Needs the permission manage_desk. */
  createChannel(body: CreateChannel, options?: CallOptions): Promise<SavedChannel>;
  /** Makes a source, with an address that its sender may post to at once. Needs the permission manage_providers. */
  createInboundSource(body: CreateInboundSource, options?: CallOptions): Promise<ChangedInboundSource>;
  /** Makes a key, and shows it this once. Only a hash of it is kept. A key can be kept to some providers, to one owner's records, or to both. Nobody makes a key that may do more than they may themselves. A repeated `Idempotency-Key` makes no second one, and does not show the first again: it is a `conflict`. Needs the permission manage_keys. */
  createKey(body: CreateKey, options?: CallOptions): Promise<ShownKey>;
  /** Retries or rejects all failures that match a filter. Only what failed until the cutoff. More than 1,000 records take `bulk_many`. When over 5 % more match than were expected, the answer is 409 and nothing is done. When whoever started it, or resumed it last, may no longer do it, Redrive cancels the rest. Needs the permission bulk. */
  createOperation(body: CreateOperation, options?: CallOptions): Promise<Operation>;
  /** Makes a provider. Needs the permission manage_providers. */
  createProvider(body: { name?: string; url: string; method?: "POST" | "PUT" | "PATCH" | "GET" | "DELETE"; adapter?: string; options?: { readonly [name: string]: unknown }; batchSizeMax?: number; connectionsMax?: number; slowMs?: number; timeoutMs?: { connect?: number; headers?: number; total?: number }; backoff?: { baseMs?: number; factor?: number; jitter?: number; attemptsMax?: number }; breaker?: { probeEveryMs?: number; goodTrials?: number }; health?: { url: string; method?: "GET" | "HEAD" | "POST"; everyMs?: number; timeoutMs?: number; expect?: number; slowMs?: number | null; ill?: readonly (RuleWhenInput)[] } | null; auth?: { kind: "none" } | { kind: "header"; name: string; value: string | null } | { kind: "basic"; user: string; password: string | null } | { kind: "standard_webhooks"; secrets: readonly (string | { secret: string; until: string })[] | null } | { kind: "oauth2_client_credentials"; tokenUrl: string; clientId: string; clientSecret: string | null; scope?: string | null; audience?: string | null; send?: "basic" | "post" }; windows?: { timeZone?: string; deliver?: readonly (WindowInput)[]; maintenance?: readonly (WindowInput)[] }; limits?: { perSecond?: number | null; perMinute?: number | null; perDay?: number | null; perRun?: number | null; runEveryMs?: number }; rules?: readonly (RuleInput)[]; onInvalid?: "fail" | "discard"; keepResponse?: boolean; dedupePeriod?: "hour" | "day" | "week" | "month"; autoRedrive?: boolean; schedules?: readonly (ScheduleInput)[]; edit?: { allowed?: readonly (string)[]; locked?: readonly (string)[] }; flags?: { enabled?: boolean; shadow?: boolean; percentage?: number }; slug: string }, options?: CallOptions): Promise<Provider>;
  /** Makes a team. Needs the permission manage_desk. */
  createTeam(body: CreateTeam, options?: CallOptions): Promise<Team>;
  /** Deletes an alert rule. Needs the permission manage_desk. */
  deleteAlertRule(slug: string, options?: CallOptions): Promise<AlertRule>;
  /** Deletes a canary, with its runs. Needs the permission manage_desk. */
  deleteCanary(slug: string, options?: CallOptions): Promise<DeletedCanary>;
  /** Deletes a channel, with its routes. Needs the permission manage_desk. */
  deleteChannel(slug: string, options?: CallOptions): Promise<DeletedChannel>;
  /** Deletes a source; its records stay, and its sender gets a 404. Needs the permission manage_providers. */
  deleteInboundSource(slug: string, options?: CallOptions): Promise<DeletedInboundSource>;
  /** Deletes a provider that nothing belongs to. One with records, channels or canaries stays: switch it off with `flags.enabled: false`. It can be deleted once they are gone. Needs the permission manage_providers. */
  deleteProvider(slug: string, options?: CallOptions): Promise<null>;
  /** Deletes a team. Needs the permission manage_desk. */
  deleteTeam(slug: string, options?: CallOptions): Promise<null>;
  /** Takes a record, to be delivered to its provider. Where its `idempotencyKey` is known, nothing is stored, and the answer is the first record's id. Needs the permission enqueue. */
  enqueueRecord(body: EnqueueRecord, options?: CallOptions): Promise<EnqueuedRecord>;
  /** One canary. Needs the permission see. */
  getCanary(slug: string, options?: CallOptions): Promise<Canary>;
  /** One channel. Needs the permission see. */
  getChannel(slug: string, options?: CallOptions): Promise<Channel>;
  /** One group. Needs the permission see. */
  getFailureGroup(id: string, options?: CallOptions): Promise<FailureGroup>;
  /** One key; never the key itself. Needs the permission manage_keys. */
  getKey(id: string, options?: CallOptions): Promise<ApiKey>;
  /** What the first page shows. Needs the permission see. */
  getOverview(options?: CallOptions): Promise<Overview>;
  /** How end users' pages look, and who may frame them. Needs the permission manage_desk. */
  getPortalSettings(options?: CallOptions): Promise<PortalSettings>;
  /** A provider's policy, and how it stands. Needs the permission see. */
  getProvider(slug: string, options?: CallOptions): Promise<ProviderWithState>;
  /** Chart points of a provider. Needs the permission see. */
  getProviderThroughput(slug: string, query?: { from?: string; to?: string; step?: number }, options?: CallOptions): Promise<Throughput>;
  /** One record, with its payload and timeline. Needs the permission see. */
  getRecord(id: string, options?: CallOptions): Promise<RecordDetail>;
  /** How the demo's simulator behaves. Needs the permission simulate. */
  getSimulator(options?: CallOptions): Promise<SimulatorState>;
  /** How the teams do, over seven days. Needs the permission see. */
  getTeamFigures(query?: { after?: string; limit?: number }, options?: CallOptions): Promise<TeamFigures>;
  /** Chart points of all providers together. Needs the permission see. */
  getThroughput(query?: { from?: string; to?: string; step?: number }, options?: CallOptions): Promise<Throughput>;
  /** What is looked for. Needs the permission see. */
  listAlertRules(query?: { after?: string; limit?: number }, options?: CallOptions): Promise<AlertRules>;
  /** Alerts, the newest first. Needs the permission see. */
  listAlerts(query?: { state?: "open" | "acknowledged" | "silenced" | "resolved"; after?: string; limit?: number }, options?: CallOptions): Promise<Alerts>;
  /** Who did what, the newest first. Needs the permission see. */
  listAudit(query?: { actor?: string; action?: string; subjectKind?: string; subjectId?: string; from?: string; to?: string; after?: string; limit?: number }, options?: CallOptions): Promise<Audit>;
  /** Changes of batch size and breaker, the newest first. Needs the permission see. */
  listBatchChanges(slug: string, query?: { from?: string; to?: string }, options?: CallOptions): Promise<BatchChanges>;
  /** Canaries, each with how it stands and its last runs. Needs the permission see. */
  listCanaries(query?: { after?: string; limit?: number; provider?: string }, options?: CallOptions): Promise<Canaries>;
  /** The runs of a canary, the newest first. Needs the permission see. */
  listCanaryRuns(slug: string, query?: { after?: string; limit?: number }, options?: CallOptions): Promise<CanaryRuns>;
  /** Where people are told. Needs the permission see. */
  listChannels(query?: { after?: string; limit?: number }, options?: CallOptions): Promise<Channels>;
  /** What happened to the installation, the newest first. Breakers that turned, pauses, changes of configuration, releases, and bulk operations. Needs the permission see. */
  listEvents(query?: { kind?: "breaker" | "pause" | "config" | "deploy" | "operation"; provider?: string; from?: string; to?: string; after?: string; limit?: number }, options?: CallOptions): Promise<SystemEvents>;
  /** Failures by group, those with the newest failure first. Needs the permission see. */
  listFailureGroups(query?: { state?: "open" | "resolved"; team?: string; provider?: string; assignee?: string; q?: string; after?: string; limit?: number }, options?: CallOptions): Promise<FailureGroups>;
  /** What waits for a person, with counts. Needs the permission see. */
  listFailures(query?: { state?: "open" | "rejected"; team?: string; provider?: string; fingerprint?: string; assignee?: string; q?: string; after?: string; limit?: number }, options?: CallOptions): Promise<Failures>;
  /** Lists the sources of webhooks, and how many calls of each came in the last hour. Needs the permission see. */
  listInboundSources(query?: { after?: string; limit?: number }, options?: CallOptions): Promise<InboundSources>;
  /** All API keys, the newest first; never a key itself. Needs the permission manage_keys. */
  listKeys(query?: { after?: string; limit?: number }, options?: CallOptions): Promise<ApiKeys>;
  /** What an operation has acted on, and how it stands now. Needs the permission see. */
  listOperationRecords(id: string, query?: { after?: string; limit?: number }, options?: CallOptions): Promise<OperationRecords>;
  /** Lists bulk operations, the newest first. Needs the permission see. */
  listOperations(query?: { state?: "running" | "paused" | "done" | "cancelled"; action?: "retry" | "reject"; createdBy?: string; after?: string; limit?: number }, options?: CallOptions): Promise<Operations>;
  /** Who can sign in. Needs the permission manage_desk or assign. */
  listPeople(query?: { after?: string; limit?: number }, options?: CallOptions): Promise<People>;
  /** All providers, and how each stands. Needs the permission see. */
  listProviders(query?: { after?: string; limit?: number }, options?: CallOptions): Promise<{ items: readonly (ProviderSummary)[]; next: string | null }>;
  /** Lists records, the newest first. Needs the permission see. */
  listRecords(query?: { status?: "waiting" | "sending" | "retrying" | "held" | "delivered" | "failed" | "rejected" | "discarded" | "duplicate"; provider?: string; q?: string; canaries?: "hide" | "show" | "only"; from?: string; to?: string; after?: string; limit?: number }, options?: CallOptions): Promise<Records>;
  /** Which channel is told of what. Needs the permission see. */
  listRoutes(query?: { after?: string; limit?: number }, options?: CallOptions): Promise<Routes>;
  /** Teams with their rules. Needs the permission see. */
  listTeams(query?: { after?: string; limit?: number }, options?: CallOptions): Promise<Teams>;
  /** Makes a token for an end user. Needs the permission mint_tokens. */
  mintPortalToken(body: MintToken, options?: CallOptions): Promise<MintedToken>;
  /** Gives a group to another team, with what comes to it later. Needs the permission assign. */
  moveGroup(id: string, body: Move, options?: CallOptions): Promise<GroupAct>;
  /** Gives a failure to another team. Needs the permission assign. */
  moveRecord(id: string, body: MoveRecord, options?: CallOptions): Promise<RecordAct>;
  /** No message about a group until a time. Needs the permission assign. */
  muteGroup(id: string, body: MuteGroup, options?: CallOptions): Promise<GroupAct>;
  /** Notes something at a group. Needs the permission assign. */
  noteGroup(id: string, body: NoteGroup, options?: CallOptions): Promise<GroupAct>;
  /** Changes an alert rule. Needs the permission manage_desk. */
  patchAlertRule(slug: string, body?: PatchAlertRule, options?: CallOptions): Promise<AlertRule>;
  /** Changes a canary. Needs the permission manage_desk. */
  patchCanary(slug: string, body?: PatchCanary, options?: CallOptions): Promise<ChangedCanary>;
  /** Changes a channel. Needs the permission manage_desk. */
  patchChannel(slug: string, body?: PatchChannel, options?: CallOptions): Promise<SavedChannel>;
  /** Changes a source, in force within a second. `rotate` adds a secret and lets the others end. Needs the permission manage_providers. */
  patchInboundSource(slug: string, body?: PatchInboundSource, options?: CallOptions): Promise<ChangedInboundSource>;
  /** Changes what a key is called, may do, is kept to, or when it expires. Needs the permission manage_keys. */
  patchKey(id: string, body?: PatchKey, options?: CallOptions): Promise<ApiKey>;
  /** Ties a person to a member of Slack. Needs the permission see. */
  patchPerson(id: string, body: PatchPerson, options?: CallOptions): Promise<Person>;
  /** Changes a policy. Needs the permission manage_providers. */
  patchProvider(slug: string, body?: PatchProvider, options?: CallOptions): Promise<Provider>;
  /** Changes how a simulated provider behaves. Needs the permission simulate. */
  patchSimulator(slug: string, body?: PatchKnobs, options?: CallOptions): Promise<SimulatedProvider>;
  /** Changes a team. Needs the permission manage_desk. */
  patchTeam(slug: string, body?: PatchTeam, options?: CallOptions): Promise<Team>;
  /** Stops a running operation where it is. What it gave a time in the next two seconds still goes. Needs the permission bulk. */
  pauseOperation(id: string, body?: ChangeOperation, options?: CallOptions): Promise<Operation>;
  /** Holds a provider. Needs the permission operate. */
  pauseProvider(slug: string, body: PauseProvider, options?: CallOptions): Promise<ProviderAct>;
  /** Counts what an operation would cover. Its `cutoff` and `matched` go into the operation, as `cutoff` and `expected`. Needs the permission bulk. */
  previewOperation(body: PreviewOperation, options?: CallOptions): Promise<OperationPreview>;
  /** Tests an open breaker now. Needs the permission operate. */
  probeProvider(slug: string, body?: ProbeProvider, options?: CallOptions): Promise<ProviderAct>;
  /** Shows a source; its secrets are never shown. Needs the permission see. */
  readInboundSource(slug: string, options?: CallOptions): Promise<InboundSource>;
  /** One bulk operation, with its progress and what of it failed again. Needs the permission see. */
  readOperation(id: string, options?: CallOptions): Promise<OperationDetail>;
  /** Closes all open failures of a group unsent. Needs the permission reject_technical or reject_client_data. */
  rejectGroup(id: string, body: RejectGroup, options?: CallOptions): Promise<GroupAct>;
  /** Closes a failure unsent. Needs the permission reject_technical or reject_client_data. */
  rejectRecord(id: string, body: RejectRecord, options?: CallOptions): Promise<RecordAct>;
  /** Takes a rejection back. Needs the permission reject_technical or reject_client_data. */
  reopenRecord(id: string, body?: ReopenRecord, options?: CallOptions): Promise<RecordAct>;
  /** Lets a paused operation go on where it stopped. Needs what starting it needed. Needs the permission bulk. */
  resumeOperation(id: string, body?: ChangeOperation, options?: CallOptions): Promise<Operation>;
  /** Lifts the hold. Needs the permission operate. */
  resumeProvider(slug: string, body?: ProbeProvider, options?: CallOptions): Promise<ProviderAct>;
  /** Sends all open failures of a group again, or the oldest of them. Needs the permission retry_technical or retry_client_data. */
  retryGroup(id: string, body?: RetryGroup, options?: CallOptions): Promise<GroupAct>;
  /** Sends a failure again. Needs the permission retry_technical or retry_client_data. */
  retryRecord(id: string, body?: RetryRecord, options?: CallOptions): Promise<RecordAct>;
  /** Ends a key at once, with all that it was before. Needs the permission manage_keys. */
  revokeKey(id: string, options?: CallOptions): Promise<ApiKey>;
  /** Gives a key a new secret, and shows it this once; the present one works for a while. Needs the permission manage_keys. */
  rotateKey(id: string, body?: RotateKey, options?: CallOptions): Promise<ShownKey>;
  /** Starts a canary now. Needs the permission operate. */
  runCanary(slug: string, body?: RunCanary, options?: CallOptions): Promise<StartedCanary>;
  /** Starts a schedule now. Needs the permission operate. */
  runSchedule(slug: string, name: string, body: RunSchedule, options?: CallOptions): Promise<StartedSchedule>;
  /** Changes how end users' pages look, and who may frame them. Needs the permission manage_desk. */
  savePortalSettings(body?: PortalSettingsInput, options?: CallOptions): Promise<PortalSettings>;
  /** All routes, in place of those that there were. Needs the permission manage_desk. */
  saveRoutes(body: SaveRoutes, options?: CallOptions): Promise<Routes>;
  /** A record's payload as exact JSON text, and what of it may be changed. Needs the permission see_payload or edit or edit_allowed. */
  showPayload(id: string, body?: ShowPayload, options?: CallOptions): Promise<ShownPayload>;
  /** No message about an alert until a time. Needs the permission operate. */
  silenceAlert(id: string, body: Silence, options?: CallOptions): Promise<AlertActed>;
  /** No message about all that a rule finds, until a time. Needs the permission operate. */
  silenceAlertRule(slug: string, body: Silence, options?: CallOptions): Promise<AlertRule>;
  /** Lets later records of its ordering key pass a failed one. Needs the permission reject_technical or reject_client_data. */
  skipRecord(id: string, body: SkipRecord, options?: CallOptions): Promise<RecordAct>;
  /** Sends a test message. Needs the permission manage_desk. */
  testChannel(slug: string, body?: { readonly [name: string]: never }, options?: CallOptions): Promise<TestedChannel>;
  /** Ends the silence of an alert. Needs the permission operate. */
  unsilenceAlert(id: string, body?: Unsilence, options?: CallOptions): Promise<AlertActed>;
  /** Ends the silence of a rule. Needs the permission operate. */
  unsilenceAlertRule(slug: string, body?: Unsilence, options?: CallOptions): Promise<AlertRule>;
}

/** Where each goes, and whether it takes a body or a query. */
export const operations = {
  acknowledgeAlert: { method: "POST", path: "/alerts/{id}/acknowledge", takes: "body" },
  assignGroup: { method: "POST", path: "/failures/groups/{id}/assign", takes: "body" },
  assignRecord: { method: "POST", path: "/records/{id}/assign", takes: "body" },
  cancelOperation: { method: "POST", path: "/operations/{id}/cancel", takes: "body" },
  cancelRetry: { method: "POST", path: "/records/{id}/cancel", takes: "body" },
  createAlertRule: { method: "POST", path: "/alert-rules", takes: "body" },
  createCanary: { method: "POST", path: "/canaries", takes: "body" },
  createChannel: { method: "POST", path: "/channels", takes: "body" },
  createInboundSource: { method: "POST", path: "/inbound-sources", takes: "body" },
  createKey: { method: "POST", path: "/keys", takes: "body" },
  createOperation: { method: "POST", path: "/operations", takes: "body" },
  createProvider: { method: "POST", path: "/providers", takes: "body" },
  createTeam: { method: "POST", path: "/teams", takes: "body" },
  deleteAlertRule: { method: "DELETE", path: "/alert-rules/{slug}", takes: "nothing" },
  deleteCanary: { method: "DELETE", path: "/canaries/{slug}", takes: "nothing" },
  deleteChannel: { method: "DELETE", path: "/channels/{slug}", takes: "nothing" },
  deleteInboundSource: { method: "DELETE", path: "/inbound-sources/{slug}", takes: "nothing" },
  deleteProvider: { method: "DELETE", path: "/providers/{slug}", takes: "nothing" },
  deleteTeam: { method: "DELETE", path: "/teams/{slug}", takes: "nothing" },
  enqueueRecord: { method: "POST", path: "/records", takes: "body" },
  getCanary: { method: "GET", path: "/canaries/{slug}", takes: "nothing" },
  getChannel: { method: "GET", path: "/channels/{slug}", takes: "nothing" },
  getFailureGroup: { method: "GET", path: "/failures/groups/{id}", takes: "nothing" },
  getKey: { method: "GET", path: "/keys/{id}", takes: "nothing" },
  getOverview: { method: "GET", path: "/overview", takes: "nothing" },
  getPortalSettings: { method: "GET", path: "/settings/portal", takes: "nothing" },
  getProvider: { method: "GET", path: "/providers/{slug}", takes: "nothing" },
  getProviderThroughput: { method: "GET", path: "/providers/{slug}/throughput", takes: "query" },
  getRecord: { method: "GET", path: "/records/{id}", takes: "nothing" },
  getSimulator: { method: "GET", path: "/simulator", takes: "nothing" },
  getTeamFigures: { method: "GET", path: "/teams/figures", takes: "query" },
  getThroughput: { method: "GET", path: "/throughput", takes: "query" },
  listAlertRules: { method: "GET", path: "/alert-rules", takes: "query" },
  listAlerts: { method: "GET", path: "/alerts", takes: "query" },
  listAudit: { method: "GET", path: "/audit", takes: "query" },
  listBatchChanges: { method: "GET", path: "/providers/{slug}/batch-changes", takes: "query" },
  listCanaries: { method: "GET", path: "/canaries", takes: "query" },
  listCanaryRuns: { method: "GET", path: "/canaries/{slug}/runs", takes: "query" },
  listChannels: { method: "GET", path: "/channels", takes: "query" },
  listEvents: { method: "GET", path: "/events", takes: "query" },
  listFailureGroups: { method: "GET", path: "/failures/groups", takes: "query" },
  listFailures: { method: "GET", path: "/failures", takes: "query" },
  listInboundSources: { method: "GET", path: "/inbound-sources", takes: "query" },
  listKeys: { method: "GET", path: "/keys", takes: "query" },
  listOperationRecords: { method: "GET", path: "/operations/{id}/records", takes: "query" },
  listOperations: { method: "GET", path: "/operations", takes: "query" },
  listPeople: { method: "GET", path: "/people", takes: "query" },
  listProviders: { method: "GET", path: "/providers", takes: "query" },
  listRecords: { method: "GET", path: "/records", takes: "query" },
  listRoutes: { method: "GET", path: "/routes", takes: "query" },
  listTeams: { method: "GET", path: "/teams", takes: "query" },
  mintPortalToken: { method: "POST", path: "/portal-tokens", takes: "body" },
  moveGroup: { method: "POST", path: "/failures/groups/{id}/move", takes: "body" },
  moveRecord: { method: "POST", path: "/records/{id}/move", takes: "body" },
  muteGroup: { method: "POST", path: "/failures/groups/{id}/mute", takes: "body" },
  noteGroup: { method: "POST", path: "/failures/groups/{id}/note", takes: "body" },
  patchAlertRule: { method: "PATCH", path: "/alert-rules/{slug}", takes: "body" },
  patchCanary: { method: "PATCH", path: "/canaries/{slug}", takes: "body" },
  patchChannel: { method: "PATCH", path: "/channels/{slug}", takes: "body" },
  patchInboundSource: { method: "PATCH", path: "/inbound-sources/{slug}", takes: "body" },
  patchKey: { method: "PATCH", path: "/keys/{id}", takes: "body" },
  patchPerson: { method: "PATCH", path: "/people/{id}", takes: "body" },
  patchProvider: { method: "PATCH", path: "/providers/{slug}", takes: "body" },
  patchSimulator: { method: "PATCH", path: "/simulator/{slug}", takes: "body" },
  patchTeam: { method: "PATCH", path: "/teams/{slug}", takes: "body" },
  pauseOperation: { method: "POST", path: "/operations/{id}/pause", takes: "body" },
  pauseProvider: { method: "POST", path: "/providers/{slug}/pause", takes: "body" },
  previewOperation: { method: "POST", path: "/operations/preview", takes: "body" },
  probeProvider: { method: "POST", path: "/providers/{slug}/probe", takes: "body" },
  readInboundSource: { method: "GET", path: "/inbound-sources/{slug}", takes: "nothing" },
  readOperation: { method: "GET", path: "/operations/{id}", takes: "nothing" },
  rejectGroup: { method: "POST", path: "/failures/groups/{id}/reject", takes: "body" },
  rejectRecord: { method: "POST", path: "/records/{id}/reject", takes: "body" },
  reopenRecord: { method: "POST", path: "/records/{id}/reopen", takes: "body" },
  resumeOperation: { method: "POST", path: "/operations/{id}/resume", takes: "body" },
  resumeProvider: { method: "POST", path: "/providers/{slug}/resume", takes: "body" },
  retryGroup: { method: "POST", path: "/failures/groups/{id}/retry", takes: "body" },
  retryRecord: { method: "POST", path: "/records/{id}/retry", takes: "body" },
  revokeKey: { method: "DELETE", path: "/keys/{id}", takes: "nothing" },
  rotateKey: { method: "POST", path: "/keys/{id}/rotate", takes: "body" },
  runCanary: { method: "POST", path: "/canaries/{slug}/run", takes: "body" },
  runSchedule: { method: "POST", path: "/providers/{slug}/schedules/{name}/run", takes: "body" },
  savePortalSettings: { method: "PUT", path: "/settings/portal", takes: "body" },
  saveRoutes: { method: "PUT", path: "/routes", takes: "body" },
  showPayload: { method: "POST", path: "/records/{id}/payload", takes: "body" },
  silenceAlert: { method: "POST", path: "/alerts/{id}/silence", takes: "body" },
  silenceAlertRule: { method: "POST", path: "/alert-rules/{slug}/silence", takes: "body" },
  skipRecord: { method: "POST", path: "/records/{id}/skip", takes: "body" },
  testChannel: { method: "POST", path: "/channels/{slug}/test", takes: "body" },
  unsilenceAlert: { method: "POST", path: "/alerts/{id}/unsilence", takes: "body" },
  unsilenceAlertRule: { method: "POST", path: "/alert-rules/{slug}/unsilence", takes: "body" },
} as const;
