import type { Difference } from './compare.ts';

/** Differences that stay, and why. The first that fits a difference explains it. */
export const kept: readonly { reason: string; fits(d: Difference): boolean }[] = [];
