"use client";
// A button that stays in its place when it may not be pressed, and says why: to the eye, the keyboard and the ear.
import { Button, type ButtonProps, Tooltip, VisuallyHidden } from "@mantine/core";
import { type ReactNode, useId } from "react";

type Props = ButtonProps & {
  /** Null when it may be pressed; else a sentence. */
  whyNot: string | null;
  onClick: () => void;
  /** What the button is about, for the ear, where many stand in a list. */
  about?: string;
  children: ReactNode;
};

export function GuardedButton({ whyNot, onClick, about, children, ...button }: Props) {
  const id = useId();
  const denied = whyNot !== null;
  const colour = denied ? undefined : button.c;
  const described = [denied ? `${id}-why` : null, about ? `${id}-about` : null].filter(
    (part) => part !== null,
  );
  return (
    <>
      <Tooltip label={whyNot ?? ""} disabled={!denied}>
        <Button
          {...button}
          c={colour}
          onClick={denied ? undefined : onClick}
          aria-disabled={denied || undefined}
          data-disabled={denied || undefined}
          aria-describedby={described.join(" ") || undefined}
        >
          {children}
        </Button>
      </Tooltip>
      {denied && <VisuallyHidden id={`${id}-why`}>{whyNot}</VisuallyHidden>}
      {about && <VisuallyHidden id={`${id}-about`}>{about}</VisuallyHidden>}
    </>
  );
}
