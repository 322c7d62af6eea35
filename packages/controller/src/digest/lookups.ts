import type { Clock } from '@ebb/shared/lib/clock.ts';
import type { Look, Question } from './look.ts';

/** Lookups at the same time (contract control-plane 7.3: a pool of 100 workers). */
const poolSize = 100;
const maxBackoffMs = 1_000_000;

interface Entry {
  digest?: string;
  error?: string;
  /** Waiting for a place in the pool, or being looked up. */
  busy: boolean;
  /** Do not look up again before. */
  notBefore: number;
  attempts: number;
}

/** What is known of an image: nothing yet, its digest, or why it has none and when it is tried again. */
export interface Found {
  digest?: string;
  error?: string;
  /** Undefined while it is tried. */
  retryInMs?: number;
}

/** What registries said of images, for the revisions that still wait for it. */
export interface Lookups {
  /** What is known of an image, and a lookup begun when it is time for one; `done` is told of its end. */
  get(key: string, question: Question): Found;
  /** Drops what is known for a revision. */
  forget(key: string): void;
}

/** `done` gets the key of a revision for which something became known. Failures are tried again after 1, 2, 4 … 1000 s. */
export function createLookups(clock: Clock, look: Look, done: (key: string) => void): Lookups {
  const byKey = new Map<string, Map<string, Entry>>();
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;

  const pump = (): void => {
    while (running < poolSize) {
      const next = waiting.shift();
      if (!next) return;
      running++;
      void next().finally(() => {
        running--;
        pump();
      });
    }
  };

  const begin = async (key: string, question: Question, entry: Entry): Promise<void> => {
    try {
      entry.digest = await look(question);
    } catch (error) {
      entry.error = (error as Error).message;
      entry.notBefore = clock.now() + Math.min(maxBackoffMs, 1000 * 2 ** entry.attempts);
      entry.attempts++;
    }
    entry.busy = false;
    if (byKey.get(key)?.get(question.image) === entry) done(key);
  };

  return {
    get(key, question) {
      const entries = byKey.get(key) ?? new Map<string, Entry>();
      const entry: Entry = entries.get(question.image) ?? { busy: false, notBefore: 0, attempts: 0 };
      byKey.set(key, entries.set(question.image, entry));
      if (!entry.digest && !entry.busy && clock.now() >= entry.notBefore) {
        entry.busy = true;
        waiting.push(() => begin(key, question, entry));
        pump();
      }
      return {
        digest: entry.digest,
        error: entry.error,
        retryInMs: entry.error && !entry.busy ? entry.notBefore - clock.now() : undefined,
      };
    },
    forget: (key) => {
      byKey.delete(key);
    },
  };
}
