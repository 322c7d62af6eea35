/** Where pure code gets its time from: milliseconds since the Unix epoch. Tests pass their own. */
export interface Clock {
  now(): number;
}

/** The machine's clock. Only wiring (app.ts, main.ts) names it. */
export const systemClock: Clock = { now: () => Date.now() };
