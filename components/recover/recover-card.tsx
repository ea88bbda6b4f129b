"use client";
import { Alert, Button, Textarea } from "@mantine/core";
import { IconAlertCircle, IconCircleCheck } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { ClockTime } from "#components/time/clock-time.tsx";
import { recover } from "#lib/client/recoveries.ts";
import { refusalWords } from "#lib/client/refusal.ts";
import type { Recover, Recovered } from "#lib/contract/recovery.ts";
import { plural } from "#lib/core/counts.ts";
import type { Line, MessageContent } from "#lib/core/message-content.ts";
import styles from "./recover.module.css";

export type Stake = Pick<
  MessageContent,
  "title" | "happened" | "quote" | "mend" | "facts" | "acts" | "open"
> & {
  token: string;
  recipient: string;
  inDashboard: string;
  isSignedIn: boolean;
};

export function RecoverCard(stake: Stake) {
  const { token, recipient, title, happened, quote, mend, facts, acts, open } = stake;
  const [done, setDone] = useState<Recovered | null>(null);
  if (done) return <Done {...done} {...wayOf(stake)} />;
  return (
    <>
      <h1 className={styles.title} dir="auto">
        {title}
      </h1>
      <p>{happened}</p>
      {quote && (
        <blockquote className={styles.quote} dir="auto">
          {quote}
        </blockquote>
      )}
      {mend && <p>{mend}</p>}
      <dl className={styles.facts}>
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">
              <Words line={value} />
            </dd>
          </div>
        ))}
      </dl>
      {acts.map((act, nth) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no name and never change
        <p key={nth} className={styles.act}>
          <Words line={act} />
        </p>
      ))}
      {open > 0 ? (
        <Decide token={token} recipient={recipient} open={open} onDone={setDone} />
      ) : (
        <p className={styles.aside}>There is nothing left to do here.</p>
      )}
      <p className={styles.aside}>
        <Way {...wayOf(stake)}>See them in the dashboard</Way>
      </p>
    </>
  );
}

type DecideProps = Pick<Stake, "token" | "recipient" | "open"> & { onDone: (done: Recovered) => void };

function Decide({ token, recipient, open, onDone }: DecideProps) {
  const [rejecting, setRejecting] = useState(false);
  const [busy, setBusy] = useState<"run" | "reject" | null>(null);
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const [fault, setFault] = useState<string | null>(null);

  const act = async (what: "run" | "reject", how: Recover) => {
    setBusy(what);
    setFault(null);
    try {
      onDone(await recover(token, how));
    } catch (error) {
      setFault(refusalWords(error));
      setBusy(null);
    }
  };
  const reject = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() === "") return setMissing(true);
    void act("reject", { runAgain: false, reason: reason.trim() });
  };

  return (
    <section className={styles.decide} aria-label="What to do">
      {fault && (
        <Alert
          color="red"
          role="alert"
          icon={<IconAlertCircle size={18} aria-hidden />}
          className={styles.fault}
        >
          {fault}
        </Alert>
      )}
      <Button
        size="md"
        fullWidth
        loading={busy === "run"}
        disabled={busy === "reject"}
        onClick={() => void act("run", { runAgain: true })}
      >
        {open === 1 ? "Run it again" : `Run all ${plural(open, "record")} again`}
      </Button>
      {rejecting ? (
        <form noValidate onSubmit={reject} className={styles.reject}>
          <Textarea
            label="Why are they rejected?"
            description="They are closed and never sent. The next person reads this."
            value={reason}
            maxLength={500}
            autosize
            minRows={2}
            required
            // Who has pressed Reject… writes next.
            autoFocus
            error={missing && reason.trim() === "" ? "Say why: it is what the next person reads." : null}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <div className={styles.buttons}>
            <Button variant="default" onClick={() => setRejecting(false)}>
              Cancel
            </Button>
            <Button type="submit" color="red.9" loading={busy === "reject"} disabled={busy === "run"}>
              Reject
            </Button>
          </div>
        </form>
      ) : (
        <Button size="md" variant="default" fullWidth onClick={() => setRejecting(true)}>
          Reject…
        </Button>
      )}
      <p className={styles.aside}>
        You act as <strong>{recipient}</strong>. The link is good for one act.
      </p>
    </section>
  );
}

function Done({ did, acted, open, ...way }: Recovered & WayTo) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that was pressed is gone: who can't see the page is told, and goes on from here.
  useEffect(() => heading.current?.focus(), []);
  const records = plural(acted, "record");
  return (
    <>
      <h1 className={styles.title} ref={heading} tabIndex={-1}>
        <IconCircleCheck size={22} aria-hidden className={styles.check} /> Done
      </h1>
      <p>
        {did === "retried"
          ? `${records} ${acted === 1 ? "runs" : "run"} again now.`
          : `${records} ${acted === 1 ? "is" : "are"} closed, and not sent.`}
        {open > 0 && ` ${plural(open, "record")} of this kind ${open === 1 ? "is" : "are"} still open.`}
      </p>
      <p className={styles.aside}>
        You can close this page. <Way {...way}>See them in the dashboard</Way>
      </p>
    </>
  );
}

const Words = ({ line }: { line: Line }) =>
  line.map((part) => (typeof part === "string" ? part : <ClockTime key={part.at} at={part.at} />));

type WayTo = Pick<Stake, "inDashboard" | "isSignedIn">;
const wayOf = ({ inDashboard, isSignedIn }: Stake): WayTo => ({ inDashboard, isSignedIn });

const Way = ({ inDashboard, isSignedIn, children }: WayTo & { children: ReactNode }) => (
  <>
    <a href={inDashboard}>{children}</a>
    {isSignedIn ? "" : " (you will be asked to sign in)"}
  </>
);
