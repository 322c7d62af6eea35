import type { Clock } from '@ebb/shared/lib/clock.ts';
import type { Stat } from '@ebb/shared/proto/gen/stats.ts';
import type { Target } from './scrape.ts';
import { freshMs } from './source.ts';

/** A Service leads to a pod by chance: so often is it asked for one that was not met yet (contract data-plane 3.5). */
const triesAtMost = 10;

interface Options {
  /** Of the Service of the revision's pods. */
  host: string;
  port: number;
  clock: Clock;
  ask: (target: Target) => Promise<Stat>;
}

/** The stats of a revision's pods by way of their Service, for meshes that let nobody ask a pod by its address. */
export class ServiceSource {
  readonly #o: Options;
  #last: { stats: Stat[]; at: number } = { stats: [], at: Number.NEGATIVE_INFINITY };
  #asking = false;

  constructor(options: Options) {
    this.#o = options;
  }

  /** What different pods said last, if that is recent. */
  fresh(): Stat[] {
    return this.#o.clock.now() - this.#last.at < freshMs ? this.#last.stats : [];
  }

  /** Pods were had this way at least once. */
  worked(): boolean {
    return this.#last.stats.length > 0;
  }

  /** To be called every second: asks for `wanted` pods, those first that are as old as the stable window, seconds. */
  refresh(wanted: number, windowSeconds: number): void {
    if (this.#asking || wanted === 0) return;
    this.#asking = true;
    void this.#round(wanted, windowSeconds).then((stats) => {
      this.#asking = false;
      if (stats.length > 0) this.#last = { stats, at: this.#o.clock.now() };
    });
  }

  async #round(wanted: number, windowSeconds: number): Promise<Stat[]> {
    const met = new Map<string, Stat>();
    const old = () => [...met.values()].filter((s) => s.processUptime >= windowSeconds);
    const worker = async () => {
      for (let left = triesAtMost; left > 0 && old().length < wanted; left--) {
        const stat = await this.#o.ask({ host: this.#o.host, port: this.#o.port, alone: true }).catch(() => undefined);
        if (!stat || met.has(stat.podName)) continue;
        met.set(stat.podName, stat);
        if (stat.processUptime >= windowSeconds) return;
      }
    };
    await Promise.all(Array.from({ length: wanted }, worker));
    const young = [...met.values()].filter((s) => s.processUptime < windowSeconds);
    return [...old(), ...young].slice(0, wanted);
  }
}
