"use client";
// A link from a message, on a page of its own: for a phone at night, without signing in.
import type { ReactNode } from "react";
import { Brand } from "#components/shell/brand.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { person } from "#lib/core/person.ts";
import type { Unusable } from "#lib/core/recovery-link.ts";
import styles from "./recover.module.css";
import { RecoverCard, type Stake } from "./recover-card.tsx";

type Props = { stake: Stake } | { unusable: Unusable; isSignedIn: boolean };

export function RecoverScreen(props: Props) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <Brand className={styles.brand} />
        {"stake" in props ? <RecoverCard {...props.stake} /> : <NotUsable {...props} />}
      </div>
    </main>
  );
}

function NotUsable({ unusable, isSignedIn }: { unusable: Unusable; isSignedIn: boolean }) {
  const { title, body } = wordsOf(unusable);
  return (
    <>
      <h1 className={styles.title}>{title}</h1>
      <p>{body}</p>
      <p>
        {/* Not by the router: a page of the dashboard needs the whole of it. */}
        <a href="/failures">See all failures{isSignedIn ? "" : " (you will be asked to sign in)"}</a>
      </p>
    </>
  );
}

function wordsOf({ code, detail, by, at }: Unusable): { title: string; body: ReactNode } {
  switch (code) {
    case "conflict":
      return {
        title: "This link has been used",
        body:
          by !== undefined && at !== undefined ? (
            <>
              {person(by)} used it, <ClockTime at={at} />. A link is good for one act.
            </>
          ) : (
            detail
          ),
      };
    case "gone":
      return { title: "This link has expired", body: "Act in the dashboard instead." };
    case "forbidden":
      return { title: "This link is somebody else's", body: detail };
  }
}
