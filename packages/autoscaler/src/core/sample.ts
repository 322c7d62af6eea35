/** 1.96² × 100 / 25: a 95 % confidence over the population's spread (contract data-plane 3.5). */
const factor = (1.96 ** 2 * 100) / 25;

/** How many of `population` pods are asked for their stats. */
export function sampleSize(population: number): number {
  return population <= 3 ? population : Math.ceil((population * factor) / (population + factor - 1));
}
