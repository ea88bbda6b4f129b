// Whether what is printed has colour: where a person looks on, unless they said otherwise.

export function isColoured(
  { isTTY }: { isTTY?: boolean },
  { FORCE_COLOR, NO_COLOR = "", TERM }: Record<string, string | undefined>,
): boolean {
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "0") return true;
  return isTTY === true && NO_COLOR === "" && TERM !== "dumb";
}
