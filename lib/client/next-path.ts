/** Where to go after signing in: a path of this site, else the overview. Never another site. */
export function nextPath(given: string | null | undefined): string {
  if (!given?.startsWith("/")) return "/overview";
  const base = "http://this.site";
  if (!URL.canParse(given, base)) return "/overview";
  const url = new URL(given, base);
  // "/.//evil.example" is of this site, but its path read alone is not.
  if (url.origin !== base || url.pathname.startsWith("//")) return "/overview";
  if (url.pathname.startsWith("/signin") || url.pathname.startsWith("/api/")) return "/overview";
  return `${url.pathname}${url.search}${url.hash}`;
}

type Search = Record<string, string | string[] | undefined>;

/** This page's own address, to come back to. */
export function addressOf(path: string, search: Search): string {
  const pairs = Object.entries(search).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}
