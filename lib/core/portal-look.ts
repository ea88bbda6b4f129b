// How an end user's page looks inside a host's page: the host's colours, checked so that everything stays readable.

export const lookColours = ["accent", "ground", "surface", "ink", "quiet", "line"] as const;
export type LookColour = (typeof lookColours)[number];
export type Palette = Record<LookColour, string>;

/** What stands where the host says nothing; each text on its ground is at least 4.5:1. */
export const lightPalette: Palette = {
  accent: "#1864ab",
  ground: "#f5f6f8",
  surface: "#ffffff",
  ink: "#1a222c",
  quiet: "#4d5866",
  line: "#dce1e7",
};
export const darkPalette: Palette = {
  accent: "#74b6f5",
  ground: "#11151a",
  surface: "#181e25",
  ink: "#e5eaf0",
  quiet: "#a3afbd",
  line: "#2d3640",
};

/** Texts, and the grounds they stand on. */
const readable: readonly (readonly [LookColour, LookColour])[] = [
  ["ink", "ground"],
  ["ink", "surface"],
  ["quiet", "ground"],
  ["quiet", "surface"],
  ["accent", "surface"],
  ["accent", "ground"],
];

const contrastLeast = 4.5;

/** The first text that could not be read, as half a sentence; null when all can. */
export function paletteProblem(palette: Palette): { field: LookColour; message: string } | null {
  for (const [text, ground] of readable) {
    const ratio = contrast(palette[text], palette[ground]);
    if (ratio < contrastLeast) {
      return {
        field: text,
        message: `is hard to read on ${ground} ${palette[ground]}: their contrast is ${ratio.toFixed(1)}:1, and must be ${contrastLeast}:1 at least`,
      };
    }
  }
  return null;
}

/** White or black, whichever is easier to read on a colour: one of them is always 4.5:1. */
export const textOn = (colour: string): string =>
  contrast(colour, "#ffffff") >= contrast(colour, "#000000") ? "#ffffff" : "#000000";

/** WCAG's contrast of two colours like #1864ab, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}
