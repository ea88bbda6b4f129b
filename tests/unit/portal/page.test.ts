// The page's markup and look: whatever is put into it stays text, and a host's colours stay readable.
import { expect, test } from "vitest";
import { href } from "#components/portal/frame.ts";
import { html } from "#components/portal/html.ts";
import { styleOf } from "#components/portal/style.ts";
import { PortalSettings } from "#lib/contract/portal.ts";
import { contrast, darkPalette, lightPalette, paletteProblem, textOn } from "#lib/core/portal-look.ts";

test("text stays text, in content and in attributes", () => {
  const bad = `"><script>alert('1')</script>&`;
  const text = html`<a title="${bad}">${bad}</a>${[html`<b>${1}</b>`, false, null]}`.text;
  const safe = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;";
  expect(text).toBe(`<a title="${safe}">${safe}</a><b>1</b>`);
});

test("links carry the token in a frame, and none on the page of its own", () => {
  expect(href({ base: "/my", token: null }, "/1", { live: "off" })).toBe("/my/1?live=off");
  expect(href({ base: "/embed/my", token: "a.b" }, "/1", { live: "off" })).toBe(
    "/embed/my/1?live=off&token=a.b",
  );
});

test("our own colours can be read in both schemes, and what stands on any accent", () => {
  expect(paletteProblem(lightPalette)).toBeNull();
  expect(paletteProblem(darkPalette)).toBeNull();
  for (let red = 0; red < 256; red += 15)
    for (let green = 0; green < 256; green += 15)
      for (let blue = 0; blue < 256; blue += 15) {
        const colour = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
        expect(contrast(colour, textOn(colour))).toBeGreaterThanOrEqual(4.5);
      }
});

test("a host's colours become the page's variables", () => {
  const { css } = PortalSettings.parse({
    css: { accent: "#7A1FA2", radius: "4px", font: "Inter, sans-serif", dark: { accent: "#e0b0ff" } },
  });
  const style = styleOf(css);
  expect(style).toContain("--my-accent:#7a1fa2;");
  expect(style).toContain("--my-accent:#e0b0ff;");
  expect(style).toContain("--my-radius:4px;");
  expect(style).toContain("--my-font:Inter, sans-serif;");
});

test.each([
  [{ css: { accent: "red" } }, "css.accent"],
  [{ css: { accent: "#fff;}body{display:none" } }, "css.accent"],
  [{ css: { accent: "#ffff00" } }, "css.accent"],
  [{ css: { ink: "#777777", surface: "#888888" } }, "css.ink"],
  [{ css: { dark: { ground: "#ffffff" } } }, "css.dark.ink"],
  [{ css: { radius: "4px;color:red" } }, "css.radius"],
  [{ css: { font: "x</style><script>" } }, "css.font"],
  [{ css: { font: "x;}*{display:none}" } }, "css.font"],
  [{ css: { background: "#000000" } }, "css"],
  [{ frameAncestors: ["https://app.example.com/page"] }, "frameAncestors.0"],
  [{ frameAncestors: ["*"] }, "frameAncestors.0"],
  [{ frameAncestors: ["https://*"] }, "frameAncestors.0"],
  [{ frameAncestors: ["https://a.example; script-src *"] }, "frameAncestors.0"],
  [{ frameAncestors: ["javascript:alert(1)"] }, "frameAncestors.0"],
  [{ hostUrl: "javascript:alert(1)" }, "hostUrl"],
  [{ timeZone: "Nowhere/Else" }, "timeZone"],
])("settings that would break the page are refused: %j", (settings, field) => {
  const parsed = PortalSettings.safeParse(settings);
  expect(parsed.success).toBe(false);
  expect(parsed.error?.issues[0]?.path.join(".")).toBe(field);
});

test("origins with a port, a subdomain of any name, and in any case", () => {
  const frameAncestors = ["https://App.example.com", "https://*.example.com", "http://localhost:4000"];
  expect(PortalSettings.parse({ frameAncestors }).frameAncestors).toEqual([
    "https://app.example.com",
    "https://*.example.com",
    "http://localhost:4000",
  ]);
});
