const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/**
 * Runs one step and tells of it on stderr: its name at once, a sign of life with the elapsed time every ten seconds,
 * and the time it took at the end.
 */
export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  process.stderr.write(`· ${name}\n`);
  const alive = setInterval(() => process.stderr.write(`  … ${name}: ${seconds(started)}\n`), 10_000);
  try {
    const result = await work();
    process.stderr.write(`✓ ${name} (${seconds(started)})\n`);
    return result;
  } catch (error) {
    process.stderr.write(`✗ ${name} (${seconds(started)})\n`);
    throw error;
  } finally {
    clearInterval(alive);
  }
}
