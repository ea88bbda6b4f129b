// Whether what a list was narrowed by exists: under a misspelt name nothing is found, which reads as if all were well.
import { type Client, RedriveError } from "#clients/client.ts";

type Names = { provider?: string; team?: string };

/** @throws a sentence for a name that nobody has. Where the key may not look it up, nothing is said. */
export async function refuseUnknown(
  redrive: Client,
  { provider, team }: Names,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (provider !== undefined) await redrive.getProvider(provider, { signal });
    if (team !== undefined) await refuseUnknownTeam(redrive, team, signal);
  } catch (error) {
    if (!(error instanceof RedriveError) || error.code !== "forbidden") throw error;
  }
}

async function refuseUnknownTeam(redrive: Client, team: string, signal: AbortSignal): Promise<void> {
  const { items } = await redrive.listTeams({}, { signal });
  if (!items.some(({ slug }) => slug === team))
    throw new RedriveError("not_found", `There is no team "${team}".`);
}
