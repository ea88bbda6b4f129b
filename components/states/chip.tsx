// A chip is an icon, a word and a colour: never a colour alone.
import type { Icon } from "@tabler/icons-react";
import styles from "./tone.module.css";

export type Tone = "slate" | "blue" | "green" | "amber" | "violet" | "red" | "stone";
export type Look = { tone: Tone; icon: Icon; word: string };

export const toneClass = (tone: Tone): string => styles[tone] ?? "";

type Props = { look: Look; word?: string; testId?: string; state?: string };

export function Chip({ look, word = look.word, testId, state }: Props) {
  const Glyph = look.icon;
  return (
    <span className={`${styles.chip} ${toneClass(look.tone)}`} data-testid={testId} data-state={state}>
      <Glyph size={14} stroke={2.2} aria-hidden />
      {word}
    </span>
  );
}
