/** One line or area of a chart. Lines differ in dash as well as in colour. */
export type Series = {
  key: string;
  label: string;
  color: string;
  kind: "area" | "step";
  dash?: string;
  axis?: "left" | "right";
  /** How the tooltip and the table show a value. */
  format: (value: number) => string;
};

/** A point of any chart: when, and a value for each series; null where nothing is known. */
export type Point = { atMs: number } & Record<string, number | string | null>;
