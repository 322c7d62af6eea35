import { countersOf, mergeExpositions } from '@ebb/shared/telemetry/exposition.ts';

interface State {
  last?: string;
  waiting: Set<() => void>;
}

/** Who scrapes waits 10 s by default. */
const patienceMs = 2000;

/**
 * The metrics of workers. What one has told stays counted when it is late or gone: a sum that falls looks like a restart to
 * whoever reads it, and all that the others counted like new.
 */
export class Scrapes<Worker> {
  readonly #workers = new Map<Worker, State>();
  /** Of those that are gone. */
  #counted = '';
  readonly #ask: (worker: Worker) => void;

  /** `ask` has a worker tell its metrics. */
  constructor(ask: (worker: Worker) => void) {
    this.#ask = ask;
  }

  came(worker: Worker): void {
    this.#workers.set(worker, { waiting: new Set() });
  }

  answered(worker: Worker, text: string): void {
    const state = this.#workers.get(worker);
    if (!state) return;
    state.last = text;
    for (const wake of state.waiting) wake();
  }

  left(worker: Worker): void {
    const state = this.#workers.get(worker);
    this.#workers.delete(worker);
    if (state?.last) this.#counted = mergeExpositions([this.#counted, countersOf(state.last)]);
    for (const wake of state?.waiting ?? []) wake();
  }

  /** Prometheus texts, of each as it is now, or was when it last answered. */
  async all(): Promise<string[]> {
    await Promise.all([...this.#workers].map(([worker, state]) => this.#answer(worker, state)));
    return [this.#counted, ...[...this.#workers.values()].flatMap(({ last }) => last ?? [])];
  }

  #answer(worker: Worker, { waiting }: State): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(late);
        waiting.delete(wake);
        resolve();
      };
      const late = setTimeout(wake, patienceMs);
      waiting.add(wake);
      this.#ask(worker);
    });
  }
}
