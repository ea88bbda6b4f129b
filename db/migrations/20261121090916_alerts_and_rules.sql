CREATE INDEX "alerts_resolved" ON "redrive"."alerts" USING btree ("resolved_at","id") WHERE state = 'resolved';
--> statement-breakpoint
-- The rules that an installation begins with; all of them may be changed, switched off or deleted.
INSERT INTO "redrive"."alert_rules" ("slug", "name", "kind", "severity", "params", "for_ms", "updated_by") VALUES
	('backlog-growing', 'Backlog grows', 'backlog_growing', 'warning', '{"calmMs": 60000, "exceptProviders": [], "windowMs": 120000, "minBacklog": 100}', 300000, 'Redrive'),
	-- Records outside a provider's hours are where they should be.
	('oldest-record', 'Oldest record too old', 'oldest_record', 'warning', '{"calmMs": 30000, "exceptProviders": [], "targetMs": 600000, "exceptHolds": ["outside_window"]}', 60000, 'Redrive'),
	('breaker-open', 'Breaker open for long', 'breaker_open', 'warning', '{"calmMs": 30000, "exceptProviders": []}', 600000, 'Redrive'),
	('success-rate', 'Too few delivered', 'success_rate', 'warning', '{"calmMs": 60000, "exceptProviders": [], "windowMs": 300000, "minimum": 20, "below": 0.8}', 120000, 'Redrive'),
	('failures-new', 'New kind of failure', 'failures', 'info', '{"calmMs": 30000, "exceptProviders": [], "when": "new", "count": 1, "windowMs": 600000}', 0, 'Redrive'),
	('failures-growing', 'Failures pile up', 'failures', 'warning', '{"calmMs": 30000, "exceptProviders": [], "when": "growing", "count": 50, "windowMs": 600000}', 0, 'Redrive'),
	('canary-failed', 'Canary failed or slow', 'canary', 'critical', '{"calmMs": 0, "exceptProviders": [], "failures": 1}', 0, 'Redrive'),
	('worker-silent', 'No worker runs', 'worker_silent', 'critical', '{"calmMs": 15000, "who": "all", "silentMs": 60000}', 0, 'Redrive'),
	('worker-vanished', 'A worker vanished', 'worker_silent', 'warning', '{"calmMs": 15000, "who": "each", "silentMs": 60000}', 0, 'Redrive'),
	('queue-without-owner', 'Nobody delivers', 'queue_without_owner', 'critical', '{"calmMs": 30000, "exceptProviders": []}', 60000, 'Redrive'),
	('token-failing', 'Access token fails', 'token_failing', 'warning', '{"calmMs": 30000, "staleMs": 900000}', 60000, 'Redrive'),
	('partitions', 'Partitions missing', 'partitions', 'warning', '{"calmMs": 0, "days": 2, "defaultToo": true}', 0, 'Redrive'),
	('disk', 'Disk nearly full', 'disk', 'critical', '{"calmMs": 60000, "databaseBytesMax": null, "freeShareMin": 0.1}', 60000, 'Redrive'),
	('no-data', 'Figures missing', 'no_data', 'critical', '{"calmMs": 30000, "what": "samples", "silentMs": 60000}', 0, 'Redrive'),
	('not-evaluated', 'Alerts were not looked at', 'no_data', 'warning', '{"calmMs": 30000, "what": "evaluation", "silentMs": 60000}', 0, 'Redrive')
ON CONFLICT DO NOTHING;
