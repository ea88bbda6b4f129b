// `redrive start`, `web`, `worker` … are the programs that the npm scripts start: the same files, in this process.

import type { ParseArgsOptionsConfig } from "node:util";
import type { Command } from "#cli/command.ts";
import { exitCodes } from "#cli/exit-codes.ts";

type Program = {
  summary: string;
  load: () => Promise<unknown>;
  options?: ParseArgsOptionsConfig;
  usage?: string;
};

/** Each reads its own arguments and ends the process when it is done. */
const program = ({ summary, load, options = {}, usage = "" }: Program): Command => ({
  summary,
  usage,
  options,
  isLocal: true,
  async run() {
    await load();
    return exitCodes.done;
  },
});

export const programs: Record<string, Command> = {
  start: program({ summary: "run everything on this machine", load: () => import("#bin/start.ts") }),
  web: program({ summary: "run the dashboard and the API", load: () => import("#bin/web.ts") }),
  worker: program({ summary: "run one worker", load: () => import("#bin/worker.ts") }),
  migrate: program({ summary: "bring the database to this version", load: () => import("#bin/migrate.ts") }),
  doctor: program({
    summary: "say what is wrong and how to mend it",
    load: () => import("#bin/doctor.ts"),
    usage: "[--json]",
    options: { json: { type: "boolean" } },
  }),
  database: program({
    summary: "print the address of the database that start made",
    load: () => import("#bin/database.ts"),
  }),
  simulator: program({
    summary: "run simulated providers",
    load: () => import("#bin/simulator.ts"),
    usage: "[--demo]",
    options: { demo: { type: "boolean" } },
  }),
};
