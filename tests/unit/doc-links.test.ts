// Whoever follows a link of the documentation gets somewhere, and whoever reads on from the README misses no page.
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const pages = globSync(["*.md", "{docs,examples,clients}/**/*.md"], { cwd: root }).sort();

const textOf = (page: string) => readFileSync(join(root, page), "utf8");
/** Without the code, which has brackets of its own and comments that look like headings. */
const proseOf = (page: string) =>
  textOf(page)
    .replaceAll(/^```.*?^```/gms, "")
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ""));

/** The addresses that a page leads to, from the root; elsewhere is not ours to hold. */
const linksOf = (page: string) =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)[^)]*\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? page : relative(root, resolve(root, dirname(page), file));
      return { link, target, anchor };
    });

/** What a heading's address is: its letters, digits, - and _, with - for a space. */
const anchorsOf = (page: string) =>
  [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

test.each(pages)("each link of %s leads to what is there", (page) => {
  const dead = linksOf(page).filter(({ target, anchor }) => {
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(dead.map(({ link }) => link)).toEqual([]);
});

test("every file of docs is reached from the README", () => {
  const reached = new Set<string>();
  const follow = (target: string): void => {
    if (reached.has(target) || !existsSync(join(root, target))) return;
    reached.add(target);
    // Who is led to a folder sees its files.
    if (statSync(join(root, target)).isDirectory())
      for (const file of globSync(`${target}/*`, { cwd: root })) follow(file);
    else if (target.endsWith(".md")) for (const { target: next } of linksOf(target)) follow(next);
  };
  follow("README.md");
  const files = globSync("docs/**/*", { cwd: root }).filter((file) => statSync(join(root, file)).isFile());
  expect(files.length).toBeGreaterThan(30);
  expect(files.filter((file) => !reached.has(file))).toEqual([]);
});
