// How an end user's page looks: one column that is as good on a phone as in a frame, in the host's colours. Everything that
// goes into it was checked by PortalSettings; nothing of a request does.
import type { PortalSettings } from "#lib/contract/portal.ts";
import { darkPalette, lightPalette, lookColours, type Palette, textOn } from "#lib/core/portal-look.ts";

type Css = PortalSettings["css"];

/** The page's whole style. */
export function styleOf(css: Css): string {
  const light = paletteOf(css, lightPalette);
  const dark = paletteOf(css.dark, darkPalette);
  const shape = `--my-radius:${css.radius ?? "10px"};--my-font:${css.font ?? 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'};`;
  switch (css.scheme) {
    case "light":
      return `:root{color-scheme:light;${shape}${variables(light)}${lightTones}}${rules}`;
    case "dark":
      return `:root{color-scheme:dark;${shape}${variables(dark)}${darkTones}}${rules}`;
    case "auto":
      return `:root{color-scheme:light dark;${shape}${variables(light)}${lightTones}}@media (prefers-color-scheme:dark){:root{${variables(dark)}${darkTones}}}${rules}`;
  }
}

const paletteOf = (own: Partial<Palette>, usual: Palette): Palette =>
  Object.fromEntries(lookColours.map((name) => [name, own[name] ?? usual[name]])) as Palette;

const variables = (palette: Palette): string =>
  `${lookColours.map((name) => `--my-${name}:${palette[name]};`).join("")}--my-on-accent:${textOn(palette.accent)};`;

// Of the chips: each text on its ground is at least 4.5:1.
const lightTones =
  "--red-bg:#fde4e3;--red-ink:#9a1414;--blue-bg:#e0edfd;--blue-ink:#0b4a9c;--green-bg:#dff3e5;--green-ink:#145c2e;--stone-bg:#ecebe8;--stone-ink:#524b45;";
const darkTones =
  "--red-bg:#471a1b;--red-ink:#ffb8b4;--blue-bg:#14304f;--blue-ink:#a9d0ff;--green-bg:#12351f;--green-ink:#96dfae;--stone-bg:#2d2a27;--stone-ink:#cdc5bd;";

const rules = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--my-ground);color:var(--my-ink);font:1rem/1.45 var(--my-font);font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main{max-width:40rem;margin:0 auto;padding:1.25rem 1rem 2.5rem}
h1{font-size:1.375rem;line-height:1.25;margin:0}
h2{font-size:1rem;margin:1.75rem 0 .625rem;display:flex;align-items:baseline;gap:.5rem}
h2 .n{color:var(--my-quiet);font-weight:400}
h3{font-size:1rem;margin:0;line-height:1.35}
p{margin:0}
a{color:var(--my-accent);text-underline-offset:.15em}
h3 a{color:inherit;text-decoration:none}
h3 a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--my-accent);outline-offset:2px}
.quiet{color:var(--my-quiet);font-size:.875rem}
.list{list-style:none;margin:0;padding:0;display:grid;gap:.625rem}
.card{background:var(--my-surface);border:1px solid var(--my-line);border-radius:var(--my-radius);padding:.875rem 1rem}
.card .meta{margin-top:.5rem;display:flex;flex-wrap:wrap;align-items:center;gap:.25rem .625rem}
.card .says{margin-top:.5rem}
.chip{flex:none;display:inline-flex;align-items:center;gap:.35em;font-size:.8125rem;font-weight:600;line-height:1.2;padding:.3em .6em;border-radius:99px;white-space:nowrap}
.chip svg{width:1em;height:1em;flex:none}
.needs_you{background:var(--red-bg);color:var(--red-ink)}
.on_it{background:var(--blue-bg);color:var(--blue-ink)}
.sent{background:var(--green-bg);color:var(--green-ink)}
.closed{background:var(--stone-bg);color:var(--stone-ink)}
.acts{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:.75rem}
.acts form{margin:0}
.button{appearance:none;display:inline-flex;align-items:center;justify-content:center;min-height:2.75rem;padding:.5rem 1rem;border-radius:var(--my-radius);border:1px solid var(--my-accent);background:var(--my-accent);color:var(--my-on-accent);font:600 1rem/1.2 var(--my-font);text-decoration:none;cursor:pointer}
.button.plain{background:transparent;color:var(--my-accent);border-color:var(--my-line)}
.button:hover{filter:brightness(1.06)}
.notice{margin:1rem 0 0;padding:.75rem 1rem;border-radius:var(--my-radius);background:var(--blue-bg);color:var(--blue-ink)}
.notice.bad{background:var(--red-bg);color:var(--red-ink)}
.more{margin-top:.625rem}
.foot{margin-top:2rem;border-top:1px solid var(--my-line);padding-top:.75rem}
.back{display:inline-block;margin-bottom:.75rem;min-height:1.5rem}
.history{list-style:none;margin:0;padding:0;display:grid;gap:.375rem}
.history li{display:flex;gap:.75rem}
.history time{flex:none;min-width:5.75rem;color:var(--my-quiet)}
.field{display:grid;gap:.25rem;margin-top:1rem}
.field label{font-weight:600}
.field label::first-letter{text-transform:uppercase}
.field input,.field select{font:1rem/1.3 var(--my-font);padding:.625rem .75rem;min-height:2.75rem;width:100%;border:1px solid var(--my-quiet);border-radius:var(--my-radius);background:var(--my-surface);color:var(--my-ink)}
.field .wrong{color:var(--red-ink);background:var(--red-bg);border-radius:.25rem;padding:.25rem .5rem;font-size:.875rem}
.undo{animation:gone 0s linear 5s forwards}
.undo.s4{animation-delay:4s}.undo.s3{animation-delay:3s}.undo.s2{animation-delay:2s}.undo.s1{animation-delay:1s}.undo.s0{animation-delay:.4s}
@keyframes gone{to{visibility:hidden}}
.empty{padding:2.5rem 1rem;text-align:center}
.empty p{margin-top:.5rem}
@media (max-width:26rem){.acts .button:not(.plain){flex:1 1 auto}.acts form:has(.button:not(.plain)){flex:1 1 auto;display:flex}}
`;
