import { attempt } from './attempt.ts';
import type { UserProbe } from './parse.ts';

/** Aggressive probing, in milliseconds (contract data-plane 1.5). */
const aggressive = { timeoutMs: 100, everyMs: 50, atMostMs: 10_000 };
/** In the first second, where nobody listens yet: a refused connection costs nobody anything, and requests may be waiting. */
const refused = { everyMs: 5, forMs: 1_000 };

/** From the beginning of an attempt to that of the next, ms, when it failed with `error` so long after the first one. */
export function paceOf(error: NodeJS.ErrnoException | undefined, sinceMs: number): number {
  return error?.code === 'ECONNREFUSED' && sinceMs < refused.forMs ? refused.everyMs : aggressive.everyMs;
}

/**
 * Whether the user's containers are ready: all probes at once, one failure is enough. Calls that overlap share one
 * run. `onFailure` is told why an aggressive run gave up.
 */
export function createReadiness(
  probes: UserProbe[],
  onFailure: (text: string) => void,
  { detectHttp2 = false } = {},
): () => Promise<boolean> {
  const all = probes.map((probe) => prober(probe, onFailure, detectHttp2));
  let running: Promise<boolean> | undefined;
  return () => {
    running ??= Promise.all(all.map((probe) => probe()))
      .then((ready) => ready.every(Boolean))
      .finally(() => {
        running = undefined;
      });
    return running;
  };
}

function prober(probe: UserProbe, onFailure: (text: string) => void, detectHttp2: boolean): () => Promise<boolean> {
  const { periodSeconds = 0, timeoutSeconds = 1, successThreshold = 1 } = probe;
  let successes = 0;
  const once = async (timeoutMs: number): Promise<Error | undefined> => {
    try {
      await attempt(probe, timeoutMs, detectHttp2);
      successes++;
      return undefined;
    } catch (error) {
      successes = 0;
      return error as Error;
    }
  };
  const ready = () => successes >= Math.max(1, successThreshold);
  if (periodSeconds > 0) {
    return async () => {
      const error = await once(Math.max(1, timeoutSeconds) * 1000);
      if (error) onFailure(`probe error: ${error.message}`);
      return !error && ready();
    };
  }
  return async () => {
    const first = performance.now();
    const until = first + aggressive.atMostMs;
    let failures = 0;
    for (;;) {
      const began = performance.now();
      const error = await once(aggressive.timeoutMs);
      if (ready()) return true;
      if (error) failures++;
      const next = Math.max(0, began + paceOf(error, began - first) - performance.now());
      if (performance.now() + next >= until) {
        if (error) onFailure(`aggressive probe error (failed ${failures} times): ${error.message}`);
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, next));
    }
  };
}
