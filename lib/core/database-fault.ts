// Why a database could not be worked with, told in a sentence, with what to do about it. Never with what the driver said
// of the URL: it may hold the password.

export type DatabaseFault = { says: string; mend: string };

const silent = "The database does not answer";

const faults: Record<string, DatabaseFault> = {
  ECONNREFUSED: {
    says: `${silent}, for nothing listens at the host and port of DATABASE_URL.`,
    mend: "Start the database, or correct DATABASE_URL.",
  },
  ENOTFOUND: {
    says: `${silent}, for the host name in DATABASE_URL is unknown.`,
    mend: "Correct the host in DATABASE_URL.",
  },
  EAI_AGAIN: {
    says: `${silent}, for the host name in DATABASE_URL could not be looked up now.`,
    mend: "Look after this machine's name server.",
  },
  CONNECT_TIMEOUT: {
    says: `${silent}, for connecting to the host of DATABASE_URL took too long.`,
    mend: "Look after the network and the firewall in between, or correct DATABASE_URL.",
  },
  EHOSTUNREACH: {
    says: `${silent}, for no way leads to the host of DATABASE_URL.`,
    mend: "Look after the network in between, or correct DATABASE_URL.",
  },
  CONNECTION_CLOSED: {
    says: `${silent}, for the connection was closed before it said anything.`,
    mend: "See that DATABASE_URL leads to a PostgreSQL server, and whether that server speaks TLS as DATABASE_URL asks.",
  },
  "28P01": {
    says: "The database refuses the user or password of DATABASE_URL.",
    mend: "Correct them in DATABASE_URL.",
  },
  "28000": {
    says: "The database refuses the user of DATABASE_URL.",
    mend: "Let the user in from this host in the server's pg_hba.conf, or add sslmode=require to DATABASE_URL if it wants TLS.",
  },
  "3D000": {
    says: "The database that DATABASE_URL names does not exist.",
    mend: "Create it first.",
  },
  "53300": {
    says: "The database has no connection left to give.",
    mend: "Raise its max_connections, or run fewer processes.",
  },
  "57P03": {
    says: `${silent} yet: it is starting up or shutting down.`,
    mend: "Try again soon.",
  },
};

const alike: Record<string, string> = {
  ETIMEDOUT: "CONNECT_TIMEOUT",
  ENETUNREACH: "EHOSTUNREACH",
  CONNECTION_DESTROYED: "CONNECTION_CLOSED",
  ECONNRESET: "CONNECTION_CLOSED",
  "57P01": "57P03",
  "57P02": "57P03",
};

/** As Node names what is wrong with a server's certificate, or with the talk about it. */
const isTls = /CERT|^ERR_SSL|^ERR_TLS|^EPROTO|UNABLE_TO_VERIFY|SELF_SIGNED/;

/** null for what is no fault of the database or of the way to it. */
export function databaseFault(error: unknown): DatabaseFault | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  const code = String(error.code);
  if (isTls.test(code)) {
    return {
      says: `The database can't be trusted, for its TLS certificate is refused (${code}).`,
      mend: "Give this process the certificate's authority in NODE_EXTRA_CA_CERTS, or correct the host in DATABASE_URL.",
    };
  }
  // Which right is missing only the server knows, and its words hold none of our secrets.
  if (code === "42501") {
    return {
      says: `The user of DATABASE_URL may not do this (${error.message}).`,
      mend: "Grant it what the schema redrive needs, or run npm run migrate as the schema's owner.",
    };
  }
  return faults[alike[code] ?? code] ?? null;
}
