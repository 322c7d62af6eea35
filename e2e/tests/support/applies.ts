import { setTimeout as sleep } from 'node:timers/promises';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { kube } from './cluster.ts';

/** What became of a stream of applies. Times are of `performance.now()`. */
export interface Applies {
  done: number;
  /** Attempts that were refused, each at its end. */
  refused: { at: number; error: string }[];
  /** Applies that were refused until their time was over. */
  lost: string[];
}

const key = 'example.com/applied';

/**
 * Applies a Service again and again, each time with another annotation (what `kubectl apply` sends then is this patch), as
 * somebody does who tries again when it fails: an apply has succeeded when one of its attempts has. None waits for the
 * one before.
 */
export function applying(
  namespace: string,
  name: string,
  everyMs: number,
  patienceMs: number,
): { applies: Applies; stop(): Promise<Applies> } {
  const applies: Applies = { done: 0, refused: [], lost: [] };
  const under = new Set<Promise<void>>();
  const one = async (n: number): Promise<void> => {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        await kube.patch(kinds.Service, namespace, name, 'merge', { metadata: { annotations: { [key]: String(n) } } });
        applies.done++;
        return;
      } catch (e) {
        const { message } = e as Error;
        applies.refused.push({ at: performance.now(), error: message });
        if (performance.now() > deadline) {
          applies.lost.push(`apply ${n}: ${message}`);
          return;
        }
        await sleep(100);
      }
    }
  };
  let sent = 0;
  const timer = setInterval(() => {
    const applied: Promise<void> = one(sent++).finally(() => under.delete(applied));
    under.add(applied);
  }, everyMs);
  return {
    applies,
    async stop() {
      clearInterval(timer);
      await Promise.all(under);
      return applies;
    },
  };
}
