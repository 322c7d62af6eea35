import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until `check` passes (returns without throwing, not `false`), at most `timeoutMs`; then its last complaint is thrown. */
export async function until<T>(check: () => T | Promise<T>, timeoutMs = 20_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    let complaint: unknown;
    try {
      const value = await check();
      if (value !== false) return value;
      complaint = new Error(`not so after ${timeoutMs / 1000} s: ${check}`);
    } catch (error) {
      complaint = error;
    }
    if (Date.now() > end) throw complaint;
    await sleep(20);
  }
}
