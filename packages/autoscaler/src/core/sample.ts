import type { Stat } from '@ebb/shared/proto/gen/stats.ts';

/** 1.96² × 100 / 25: a 95 % confidence over the population's spread (contract data-plane 3.5). */
const factor = (1.96 ** 2 * 100) / 25;

/** How many of `population` pods are asked for their stats. */
export function sampleSize(population: number): number {
  return population <= 3 ? population : Math.ceil((population * factor) / (population + factor - 1));
}

/** What a sample of pods says, for all of them and under one name: its sum times population over sample. */
export function extrapolated(podName: string, sample: readonly Stat[], population: number): Stat {
  const sum = (pick: (s: Stat) => number) => (sample.reduce((n, s) => n + pick(s), 0) * population) / sample.length;
  return {
    podName,
    averageConcurrentRequests: sum((s) => s.averageConcurrentRequests),
    averageProxiedConcurrentRequests: sum((s) => s.averageProxiedConcurrentRequests),
    requestCount: sum((s) => s.requestCount),
    proxiedRequestCount: sum((s) => s.proxiedRequestCount),
    processUptime: 0,
    timestamp: 0,
  };
}
