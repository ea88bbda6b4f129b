"use client";
// One visual language. Colours come from app/globals.css, so that Mantine's parts and ours agree in both schemes.
import { type CSSVariablesResolver, createTheme } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "blue",
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: "sm",
  respectReducedMotion: true,
  cursorType: "pointer",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", "Roboto Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.3" },
      h2: { fontSize: "1rem", lineHeight: "1.4" },
      h3: { fontSize: "0.875rem", lineHeight: "1.4" },
    },
  },
  colors: {
    // Mantine's own greys are brownish beside ours.
    dark: [
      "#e5eaf0",
      "#c9d2dc",
      "#a3afbd",
      "#76828f",
      "#2d3640",
      "#2a333d",
      "#181e25",
      "#11151a",
      "#0d1115",
      "#090c0f",
    ],
  },
  components: {
    Tooltip: {
      defaultProps: {
        withArrow: true,
        multiline: true,
        maw: 320,
        events: { hover: true, focus: true, touch: true },
      },
    },
    Menu: { defaultProps: { transitionProps: { duration: 0 } } },
  },
});

const both = {
  "--mantine-color-body": "var(--ground)",
  "--mantine-color-text": "var(--ink)",
  "--mantine-color-dimmed": "var(--ink-2)",
  "--mantine-color-placeholder": "var(--ink-2)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-error": "var(--red-ink)",
  "--mantine-color-default": "var(--surface)",
  "--mantine-color-default-hover": "var(--surface-2)",
  "--mantine-color-default-color": "var(--ink)",
  "--mantine-color-default-border": "var(--line)",
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: both, dark: both });
