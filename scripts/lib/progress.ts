const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/**
 * Runs one step and tells of it on stderr: a sign of life with the elapsed time when it takes longer than two seconds
 * (and every ten from then on), and the time it took at the end.
 */
export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const alive = () => process.stderr.write(`  … ${name}: ${seconds(started)}\n`);
  const first = setTimeout(alive, 2_000);
  const later = setInterval(alive, 10_000);
  try {
    const result = await work();
    process.stderr.write(`✓ ${name} (${seconds(started)})\n`);
    return result;
  } catch (error) {
    process.stderr.write(`✗ ${name} (${seconds(started)})\n`);
    throw error;
  } finally {
    clearTimeout(first);
    clearInterval(later);
  }
}
