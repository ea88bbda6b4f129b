/** Counts stop at this figure; a screen shows "10,000+". */
export const countCap = 10_000;
