// The handlers of end users' pages, on the page of its own and in a frame: who looks, what they see, what they pressed.

import { type Frame, href, messageBody, page } from "#components/portal/frame.ts";
import type { Html } from "#components/portal/html.ts";
import { myRecord, myRecordDetail } from "#components/portal/own-view.ts";
import {
  type Around,
  isNotice,
  listScreen,
  moreScreen,
  type Notice,
  recordScreen,
  withdrawScreen,
} from "#components/portal/screens.ts";
import { readMyRecord, readMyRecords } from "#db/reads/my-records.ts";
import type { Own } from "#db/writes/own-record.ts";
import type { AnySql } from "#db/writes/transaction.ts";
import { type MyRecord, type MyRecordDetail, myLists, type PortalSettings } from "#lib/contract/portal.ts";
import { RecordId } from "#lib/contract/record.ts";
import type { PortalAction } from "#lib/core/portal.ts";
import { type Deps, deps as ownDeps } from "#lib/server/deps.ts";
import type { ClosedWhy, PortalCaller } from "#lib/server/portal-caller.ts";
import {
  baseOf,
  newNonce,
  type Place,
  pageResponse,
  redirect,
  senderOf,
  visitOf,
} from "#lib/server/portal-page.ts";
import { portalSettings } from "#lib/server/portal-settings.ts";
import { viewGiven } from "#lib/server/portal-view.ts";
import { asRefusal, Refusal } from "#lib/server/problem.ts";
import { readForm } from "#lib/server/request-body.ts";

/** Where the path has no part of its own, Next gives none. */
type Context = { params: Promise<{ id?: string } | undefined> };
type Handler = (request: Request, context: Context) => Promise<Response>;

/** What a page is made with. */
export type Seen = {
  caller: PortalCaller;
  frame: Frame;
  deps: Deps;
  settings: PortalSettings;
  id: string;
  query: URLSearchParams;
};
export type Screen = {
  title: string;
  body: Html;
  status?: number;
  /** Seconds until it looks again. */
  refreshSeconds?: number | null;
};

/** A page that one looks at. */
export const showing =
  (place: Place, screen: (seen: Seen) => Promise<Screen>): Handler =>
  async (request, context) => {
    const deps = ownDeps();
    return guarded(place, deps, async (settings) => {
      const visit = await visitOf(place, request, deps);
      if ("onTo" in visit) return visit.onTo;
      if ("closed" in visit) return closedPage(place, settings, visit.closed);
      if (!visit.caller.actions.includes("see")) throw new Refusal("forbidden", "see");
      const query = new URL(request.url).searchParams;
      const frame: Frame = { base: baseOf(place), token: visit.token };
      const id = await idOf(context);
      return shown(
        place,
        settings,
        query,
        { frame, id },
        await screen({ ...visit, frame, deps, settings, id, query }),
      );
    });
  };

function shown(
  place: Place,
  settings: PortalSettings,
  query: URLSearchParams,
  { frame, id }: Pick<Seen, "frame" | "id">,
  { title, body, status = 200, refreshSeconds = null }: Screen,
): Response {
  const nonce = newNonce();
  const isLive = refreshSeconds !== null && query.get("live") !== "off";
  // What it said of the last act is over when it looks again.
  const to = query.has("notice") ? href(frame, id === "" ? "" : `/${id}`) : null;
  return pageResponse(
    page({ title, settings, nonce, body }),
    { place, settings, nonce },
    { status, refresh: isLive ? { seconds: refreshSeconds, to } : null },
  );
}

/** What a form asks for; `failed` says what to show when the act is refused, null for the usual notice. */
export type Press = {
  action: PortalAction | readonly PortalAction[];
  act: (sent: Seen & { form: URLSearchParams }) => Promise<Screen | Notice | null>;
  /** The notice when it came too late. */
  late: Notice;
};

/** A form that was sent: it acts, and leads back to where it was pressed. */
export const pressing =
  (place: Place, { action, act, late }: Press): Handler =>
  async (request, context) => {
    const deps = ownDeps();
    return guarded(place, deps, async (settings) => {
      const form = await readForm(request);
      const sender = await senderOf(place, request, form, deps);
      if ("foreign" in sender) throw new Refusal("forbidden", "from elsewhere");
      if ("closed" in sender) return closedPage(place, settings, sender.closed);
      const frame: Frame = { base: baseOf(place), token: sender.token };
      const id = await idOf(context);
      const back = (notice: Notice | null) =>
        redirect(
          href(frame, form.get("from") === "record" ? `/${id}` : "", notice === null ? {} : { notice }),
        );
      if (![action].flat().some((one) => sender.caller.actions.includes(one))) return back("not_allowed");
      const query = new URL(request.url).searchParams;
      try {
        const done = await act({ ...sender, frame, deps, settings, id, query, form });
        return done === null || typeof done === "string"
          ? back(done)
          : shown(place, settings, query, { frame, id }, done);
      } catch (error) {
        const { code } = asRefusal(error);
        if (code === "conflict") return back(late);
        if (code === "rate_limited") return back("limit");
        throw error;
      }
    });
  };

/** A press that needs nothing more than the record. */
export const plainAct =
  (write: (sql: AnySql, own: Own) => Promise<unknown>, done: Notice | null = null): Press["act"] =>
  async ({ deps, id, caller }) => {
    await write(deps.sql, { id, owner: caller.owner });
    return done;
  };

async function idOf({ params }: Context): Promise<string> {
  const id = (await params)?.id;
  if (id === undefined) return "";
  if (!RecordId.safeParse(id).success) throw new Refusal("not_found", "no id");
  return id;
}

const closedTexts: Record<ClosedWhy, string> = {
  missing: "This page needs to be opened",
  invalid: "This page can't be opened",
  expired: "This page has expired",
  used: "This page was opened before",
  unopened: "This page needs to be opened",
};

/** Nobody is let in, and is told kindly where to begin. */
function closedPage(place: Place, settings: PortalSettings, why: ClosedWhy): Response {
  const { hostName, hostUrl } = settings;
  const again = why === "missing" || why === "unopened" ? "Open it" : "Open it again";
  const from = hostName === "" ? "where you came from" : hostName;
  return alone(place, settings, {
    status: why === "expired" || why === "used" ? 410 : 401,
    title: closedTexts[why],
    text: `${again} from ${from}.`,
    link:
      hostUrl === null
        ? null
        : { to: hostUrl, says: `Go to ${hostName === "" ? "the application" : hostName}` },
  });
}

type Message = { status: number; title: string; text: string; link?: { to: string; says: string } | null };

function alone(
  place: Place,
  settings: PortalSettings,
  { status, title, text, link = null }: Message,
): Response {
  const nonce = newNonce();
  return pageResponse(
    page({ title, settings, nonce, body: messageBody(title, text, link) }),
    { place, settings, nonce },
    { status },
  );
}

const refusalPages: Partial<Record<Refusal["code"], Message>> = {
  not_found: {
    status: 404,
    title: "There is nothing here",
    text: "It may be gone, or the address is mistyped.",
  },
  forbidden: { status: 403, title: "This page may not do that", text: "Go back and try it from there." },
  payload_too_large: { status: 413, title: "That was too much", text: "Go back and send less." },
};

/** Whatever goes wrong becomes a page that says nothing of our insides. */
async function guarded(
  place: Place,
  deps: Deps,
  run: (settings: PortalSettings) => Promise<Response>,
): Promise<Response> {
  // Without settings a page is framed by nobody and looks as we make it.
  let settings: PortalSettings | null = null;
  try {
    settings = await portalSettings(deps);
    return await run(settings);
  } catch (error) {
    const refusal = asRefusal(error);
    const known = refusalPages[refusal.code];
    if (!known) deps.log.error({ err: error }, "an end user's page failed");
    const fallback = {
      status: 500,
      title: "Something went wrong",
      text: "Nothing is lost. Try again in a moment.",
    };
    return alone(
      place,
      settings ?? plainSettings,
      known ?? { ...fallback, status: Math.max(refusal.status, 500) },
    );
  }
}

const plainSettings: PortalSettings = {
  hostName: "",
  hostUrl: null,
  frameAncestors: [],
  timeZone: "UTC",
  css: { scheme: "auto", dark: {} },
};

const around = ({ caller, frame, settings, query }: Seen, given: { nowMs: number }): Around => {
  const notice = query.get("notice");
  return {
    frame,
    zone: caller.timeZone ?? settings.timeZone,
    nowMs: given.nowMs,
    notice: isNotice(notice) ? notice : null,
    isLive: query.get("live") !== "off",
  };
};

/** While something is under way it is looked at more often. */
const soon = 5;
const later = 30;

const listSizes = { failed: 20, under_way: 20, done: 10 } as const;

export async function list(seen: Seen): Promise<Screen> {
  const { caller, deps, query } = seen;
  const given = await viewGiven(caller, deps);
  const read = async (which: (typeof myLists)[number], after?: string, limit: number = listSizes[which]) => {
    const { items, next } = await readMyRecords(deps.db, { owner: caller.owner, list: which, after, limit });
    return { items: items.map((own) => myRecord(own, given)), next };
  };
  const which = myLists.find((one) => one === query.get("list"));
  const after = query.get("after");
  if (which && after !== null) {
    const more = await read(which, after, 20).catch((error: unknown) => {
      // A cursor that is none of ours leads nowhere.
      throw asRefusal(error).code === "invalid_input" ? new Refusal("not_found", "no such page") : error;
    });
    return { title: "Earlier", body: moreScreen(which, more, around(seen, given)) };
  }
  const [failed, under_way, done] = await Promise.all([read("failed"), read("under_way"), read("done")]);
  const waiting = failed.items.filter(({ card }) => card === "needs_you").length;
  const isMoving = under_way.items.length > 0;
  return {
    title: waiting > 0 ? `(${waiting}) Deliveries` : "Deliveries",
    body: listScreen({ failed, under_way, done }, around(seen, given)),
    refreshSeconds: isMoving ? soon : later,
  };
}

/** The record that a page is about. */
export async function recordOf({
  caller,
  deps,
  id,
}: Seen): Promise<{ record: MyRecordDetail; nowMs: number }> {
  const own = await readMyRecord(deps.db, caller.owner, id);
  if (!own) throw new Refusal("not_found", "no such record");
  const given = await viewGiven(caller, deps);
  return { record: myRecordDetail(own, given), nowMs: given.nowMs };
}

export async function one(seen: Seen): Promise<Screen> {
  const { record, nowMs } = await recordOf(seen);
  return {
    title: record.title,
    body: recordScreen(record, around(seen, { nowMs })),
    refreshSeconds: record.card === "on_it" ? soon : later,
  };
}

export async function confirmWithdraw(seen: Seen): Promise<Screen> {
  const { record } = await recordOf(seen);
  offered(record, "withdraw");
  return { title: `Withdraw ${record.title}`, body: withdrawScreen(record, seen) };
}

/** @throws Refusal when the record's page has no such button now. */
export function offered(record: MyRecord, button: MyRecord["buttons"][number]): void {
  if (!record.buttons.includes(button)) throw new Refusal("not_found", `no ${button}`);
}
