// What a benchmark is: one row of the table, measured against something that runs beside it, for absolute figures move from
// machine to machine.

/** A PostgreSQL server of the run's own, with a migrated database; its commits are durable. */
export type BenchDatabase = {
  url: string;
  /** Ends it the hard way: what was not committed is gone. */
  kill: () => Promise<void>;
  start: () => Promise<void>;
};

export type Given = {
  database: BenchDatabase;
  /** Shorter, to see that it works; the figures are not to be believed. */
  quick: boolean;
  /** Says what is being done. */
  say: (text: string) => void;
};

export type Figure = {
  /** What it is, with its unit. */
  name: string;
  value: number;
  /** What it should be, in words; left out where it only stands beside others. */
  goal?: string;
  holds?: boolean;
};

export type Row = {
  /** What `--only` names. */
  name: string;
  title: string;
  run: (given: Given) => Promise<Figure[]>;
};
