// What the runner's workers share: one build of the dashboard, which every installation serves, and one unpacked browser.
import packedChromium from "@sparticuz/chromium";
import { buildDashboard, isBuilt } from "#bin/build.ts";

export default async function setup() {
  if (!isBuilt()) await buildDashboard();
  await packedChromium.executablePath();
}
