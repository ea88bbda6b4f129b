// How the alerts page's tab stands in its URL; read by the page on the server and by the browser alike.
import { createLoader, parseAsStringLiteral } from "nuqs/server";
import { alertTabs } from "#lib/client/alerts.ts";

export const alertParsers = { tab: parseAsStringLiteral(alertTabs).withDefault("open") };

export const loadAlertTab = createLoader(alertParsers);
