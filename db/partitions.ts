/** Days of partitions made ahead of need: with every worker down for two weeks, records still find theirs. */
export const partitionDaysAhead = 14;
