import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  timeoutMs?: number;
  everyMs?: number;
  /** What the cluster says at the end, for the error: conditions, events. */
  explain?: () => Promise<string>;
}

/**
 * Looks again and again until `look` returns without an error, and returns what it returned. Errors of `look`
 * (a failed expectation among them) mean "not yet"; the last one is in the error when the time is over.
 */
export async function until<T>(what: string, look: () => Promise<T>, options: UntilOptions = {}): Promise<T> {
  const { timeoutMs = 60_000, everyMs = 200 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() >= deadline) {
        const text = error instanceof Error ? error.message : String(error);
        const more = options.explain ? `\n${await options.explain().catch((e: Error) => `(no explanation: ${e.message})`)}` : '';
        throw new Error(`not within ${timeoutMs / 1000} s: ${what}\nlast seen: ${text}${more}`);
      }
    }
    await sleep(everyMs);
  }
}
