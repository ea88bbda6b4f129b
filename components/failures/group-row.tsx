"use client";
// A failure group: what is wrong, with whom, how much of it, since when, who is at it, and what may be done to all of it.
import { IconArrowUpRight, IconBellOff, IconNote, IconRotate, IconSparkles } from "@tabler/icons-react";
import Link from "next/link";
import { Fragment, type ReactNode } from "react";
import { MiniBars } from "#components/charts/mini-bars.tsx";
import { GroupButtons } from "#components/failures/group-buttons.tsx";
import type { GroupDeed } from "#components/failures/group-dialogs.tsx";
import { Chip, type Look } from "#components/states/chip.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { useNow } from "#lib/client/clock.ts";
import { count, person } from "#lib/client/formats.ts";
import {
  type GroupMark,
  groupTitle,
  lastActWords,
  marksOf,
  ownerWords,
  recordWords,
  trendWords,
} from "#lib/client/group-words.ts";
import type { FailureGroup } from "#lib/contract/group.ts";
import styles from "./groups.module.css";

const looks: Record<GroupMark, Look> = {
  back_again: { tone: "red", icon: IconRotate, word: "Back again" },
  new: { tone: "blue", icon: IconSparkles, word: "New" },
  growing: { tone: "amber", icon: IconArrowUpRight, word: "Growing" },
  muted: { tone: "stone", icon: IconBellOff, word: "Muted" },
};

type Props = {
  group: FailureGroup;
  /** Where its failures are listed; null where they are already. */
  href: string | null;
  onAssign: (assignee: string | null) => void;
  onDeed: (deed: GroupDeed) => void;
};

export function GroupRow({ group, href, onAssign, onDeed }: Props) {
  const now = useNow(10_000);
  const title = groupTitle(group);
  return (
    <div className={styles.group} data-testid="group" data-id={group.id}>
      <div className={styles.text}>
        <p className={styles.title}>
          {href === null ? (
            title
          ) : (
            <Link href={href} prefetch={false}>
              {title}
            </Link>
          )}
          {marksOf(group, now).map((mark) => (
            <Chip key={mark} look={looks[mark]} testId={`mark-${mark}`} />
          ))}
        </p>
        <Facts group={group} />
        {group.note && (
          <p className={styles.note} data-testid="group-note">
            <IconNote size={15} aria-hidden />
            <span>{group.note}</span>
          </p>
        )}
        <Standing group={group} now={now} />
      </div>
      <div className={styles.trend}>
        <MiniBars values={group.trend} label={trendWords(group.trend)} />
        <span aria-hidden>{count(group.trend.reduce((sum, one) => sum + one, 0))} in 24 h</span>
      </div>
      <GroupButtons group={group} title={title} onAssign={onAssign} onDeed={onDeed} />
    </div>
  );
}

function Facts({ group }: { group: FailureGroup }) {
  const { providerName, teamName, openedAt, lastAt } = group;
  return (
    <Dotted
      parts={[
        <b key="provider">{providerName}</b>,
        teamName,
        <span key="records" data-testid="group-records">
          {recordWords(group)}
        </span>,
        ownerWords(group),
        <span key="first">
          first <ClockTime at={openedAt} />
        </span>,
        <span key="last">
          last <ClockTime at={lastAt} />
        </span>,
      ]}
    />
  );
}

/** Who has it, what was done last, until when it is silent. */
function Standing({ group, now }: { group: FailureGroup; now: number }) {
  const { records, assignee, lastActAt, mutedUntil } = group;
  const act = lastActWords(group);
  const isMuted = mutedUntil !== null && Date.parse(mutedUntil) > now;
  return (
    <Dotted
      parts={[
        records === 0 && (
          <span key="open" className={styles.done}>
            Nothing of it is open now
          </span>
        ),
        assignee === null ? records > 0 && "Nobody has it yet" : <b key="who">{person(assignee)} has it</b>,
        act !== null && lastActAt !== null && (
          <span key="act" data-testid="group-last-act">
            {act} at <ClockTime at={lastActAt} />
          </span>
        ),
        isMuted && (
          <span key="muted">
            muted until <ClockTime at={mutedUntil} />
          </span>
        ),
      ]}
    />
  );
}

function Dotted({ parts }: { parts: readonly (ReactNode | false)[] }) {
  const there = parts.filter((part) => part !== null && part !== false);
  return (
    <p className={styles.meta}>
      {[...there.entries()].map(([place, part]) => (
        <Fragment key={place}>
          {place > 0 && <span aria-hidden>·</span>}
          <span>{part}</span>
        </Fragment>
      ))}
    </p>
  );
}
