// The words of the calendar that policies are written in.

/** Days of the week, as windows name them; Monday first, as ISO 8601 counts. */
export const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof days)[number];

/** For how long a dedupe key holds. */
export const periods = ["hour", "day", "week", "month"] as const;
export type Period = (typeof periods)[number];
