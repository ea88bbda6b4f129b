// How a command ends, for scripts. These numbers do not change; docs/cli.md lists them.
export const exitCodes = {
  done: 0,
  /** The API refused, or what was asked for can't be done. */
  refused: 1,
  /** The command itself is wrong: an unknown option, a missing argument, no key. */
  usage: 2,
  /** Nobody answers at REDRIVE_URL, or it is not Redrive. */
  unreachable: 3,
  /** The key is not one, or may not do this. */
  notAllowed: 4,
  /** Some lines or records were done and some were not; each of those is named. */
  partly: 5,
  /** Ctrl-C, or asked to end. */
  interrupted: 130,
  /** Whoever read what was done left before they had all of it, so that it ended there. */
  unread: 141,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
