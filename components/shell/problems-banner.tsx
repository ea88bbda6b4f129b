"use client";
// Shown only when something is wrong: one line each, with the way to where it is mended.
import { VisuallyHidden } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useState } from "react";
import { useLive } from "#components/shell/live.tsx";
import { toneClass } from "#components/states/chip.tsx";
import { serverAhead } from "#lib/client/http.ts";
import { overviewQuery } from "#lib/client/overview.ts";
import { type ProblemLine, problemsOf } from "#lib/client/problems.ts";
import styles from "./shell.module.css";

/** A stream that comes back within this long is not worth a line. */
const lostForMs = 5_000;

export function ProblemsBanner() {
  const { data, dataUpdatedAt } = useQuery(overviewQuery());
  const streamLost = useStreamLost();
  const problems = [
    ...(data === undefined ? [] : problemsOf(data, dataUpdatedAt + serverAhead())),
    ...(streamLost ? [lostLine] : []),
  ];
  if (problems.length === 0) return null;
  return (
    <ul className={styles.banner} aria-label="Problems now" data-testid="banner">
      {problems.map((problem) => (
        <li key={problem.key} className={`${styles.problem} ${toneClass(problem.tone)}`}>
          <IconAlertTriangle size={16} aria-hidden />
          <span>
            {problem.sentence}{" "}
            {problem.link && (
              <Link href={problem.link.href}>
                {problem.link.label}
                {problem.link.about && <VisuallyHidden>: {problem.link.about}</VisuallyHidden>}
              </Link>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

const lostLine: ProblemLine = {
  key: "stream",
  tone: "amber",
  sentence: "The live stream is lost. Figures are asked for every 5 seconds until it is back.",
  link: null,
};

function useStreamLost(): boolean {
  const { state } = useLive();
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (state !== "reconnecting") return setLost(false);
    const timer = setTimeout(() => setLost(true), lostForMs);
    return () => clearTimeout(timer);
  }, [state]);
  return lost;
}
