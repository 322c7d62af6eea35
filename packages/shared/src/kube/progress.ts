import { getCondition } from '../api/conditions.ts';
import type { CommonStatus } from '../api/meta.ts';
import { jsonEqual } from '../lib/equal.ts';
import type { AnyReconciler } from './reconcile.ts';

/**
 * How long a status that is only under way waits for a newer one, ms: longer the more others wait, as the API server is
 * then busy with what they are waiting for. Of a kind at most ten a second are written.
 */
const waitMs = (others: number): number => Math.min(1000 + 100 * others, 10_000);

/**
 * Spares the writes that would be overwritten at once: from a Service's creation to its being Ready its children change a
 * dozen times, and each change has a status of its own. What is decided, or was, is written without delay.
 */
export class Progress {
  /** Key → since when its status waits, by performance.now(). */
  readonly #since = new Map<string, number>();

  /** How long to wait before `planned` is to be written over `before`, ms; 0: now. */
  wait(r: AnyReconciler, key: string, before: CommonStatus | undefined, planned: CommonStatus): number {
    const since = this.#since.get(key) ?? performance.now();
    const others = this.#since.size - Number(this.#since.has(key));
    const left = mayWait(r, before, planned) ? Math.max(0, Math.ceil(since + waitMs(others) - performance.now())) : 0;
    if (left > 0) this.#since.set(key, since);
    else this.forget(key);
    return left;
  }

  forget(key: string): void {
    this.#since.delete(key);
  }
}

const undecided = (happy: string, status: CommonStatus | undefined): boolean =>
  (getCondition(status?.conditions, happy)?.status ?? 'Unknown') === 'Unknown';

function mayWait({ unhurried, conditions: [happy] }: AnyReconciler, before: CommonStatus | undefined, planned: CommonStatus): boolean {
  if (!unhurried || jsonEqual(before, planned) || !undecided(happy, before) || !undecided(happy, planned)) return false;
  const field = (status: CommonStatus | undefined, name: string) => (status as Record<string, unknown> | undefined)?.[name];
  return unhurried.but.every((name) => jsonEqual(field(before, name), field(planned, name)));
}
