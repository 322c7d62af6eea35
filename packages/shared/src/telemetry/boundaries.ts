/** The buckets of durations, seconds (contract data-plane 1.11: B). */
export const latencyBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The options of a histogram of durations with these buckets. */
export const latency = { unit: 's', advice: { explicitBucketBoundaries: latencyBoundaries } };
