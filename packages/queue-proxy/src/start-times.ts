import { stat } from 'node:fs/promises';
import { headers } from '@ebb/shared/api/headers.ts';

/**
 * When things happened in this pod, for the waterfall of a cold start: told as ages, so that no clocks are compared. `now` is
 * milliseconds since the process started.
 */
export class StartTimes {
  readonly #pod: string;
  readonly #now: () => number;
  #sandbox?: number;
  #listening?: number;
  #ready?: number;

  constructor(pod: string, now: () => number) {
    this.#pod = pod;
    this.#now = now;
    // The container runtime writes it when the pod's sandbox has its network. Where it does not, that phase is left out.
    stat('/etc/resolv.conf').then(
      ({ mtimeMs }) => {
        this.#sandbox = this.#now() - (Date.now() - mtimeMs);
      },
      () => undefined,
    );
  }

  /** Requests are taken. */
  listening(): void {
    this.#listening ??= this.#now();
  }

  /** The user's containers answered their probes. */
  ready(): void {
    this.#ready ??= this.#now();
  }

  /** Headers of an answer to a probe: who this is, and what happened how long ago. */
  get headers(): Record<string, string> {
    const now = this.#now();
    const times = { sandbox: this.#sandbox, started: 0, listening: this.#listening, ready: this.#ready };
    const ages = Object.entries(times).flatMap(([name, at]) => (at === undefined || at > now ? [] : [`${name}=${Math.round(now - at)}`]));
    return { [headers.pod]: this.#pod, [headers.podStart]: ages.join(', ') };
  }
}
