/** An actor as a reader knows them: `Maria Lopez <maria@example.org>` is Maria Lopez. */
export const person = (actor: string): string => actor.replace(/\s*<[^>]*>$/, "") || actor;
