import { setTimeout as sleep } from 'node:timers/promises';
import { KubeError } from '../kube/client.ts';

const tries = 150;
const pauseMs = 200;

/** Whether the server decided: it was there (no transport's error), and not on its way up or down (5xx, 429). */
const decided = (error: unknown): boolean => error instanceof KubeError && error.code < 500 && error.code !== 429;

/** Writes to an API server that may go away and come back, as whoever a test plays would: until it decides, 30 s at most. */
export async function untilAnswered<T>(write: () => Promise<T>): Promise<T> {
  for (let left = tries; ; left--) {
    try {
      return await write();
    } catch (error) {
      if (decided(error) || left === 0) throw error;
    }
    await sleep(pauseMs);
  }
}
