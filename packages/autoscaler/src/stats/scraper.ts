import type { Pod } from '@ebb/shared/api/builtin.ts';
import { headers as names } from '@ebb/shared/api/headers.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import type { Clock } from '@ebb/shared/lib/clock.ts';
import type { Stat } from '@ebb/shared/proto/gen/stats.ts';
import { extrapolated, sampleSize } from '../core/sample.ts';
import { byRevision, serves } from './pods.ts';
import { scrape, type Target } from './scrape.ts';
import { ServiceSource } from './service-source.ts';
import { freshMs, PodSource } from './source.ts';
import type { Way } from './way.ts';

interface Options {
  pods: Pick<Cache<Pod>, 'byIndex'>;
  clock: Clock;
  /** Where pods serve their stats. */
  port?: number;
  /** `auto` when absent. */
  way?: () => Way;
  /** The host of the Service of a revision's pods; undefined: it is not there yet. */
  serviceOf?: (key: string) => string | undefined;
  /** A pod tells of a jump: all pods together have about so many requests in flight. */
  jumped?: (key: string, level: number) => void;
  /** A pod was asked by HTTP, and it took so long. */
  scraped?: (key: string, seconds: number) => void;
  /** Stats of a revision's pods begin or cease to be had. */
  changed?: (key: string) => void;
}

/** Why the pods of a revision give no stats. */
export type ScrapeProblem = 'no pod answers' | 'no pod reports';

/** The name under which the pods' stats are recorded (contract data-plane 3.5). */
export const scraperName = 'service-scraper';

/** A pod that serves: since when it is known to, and its stats when it is in the sample. */
interface Seen {
  at: number;
  source?: PodSource;
}

/** Listens to a sample of each revision's pods (contract data-plane 3.5). */
export class Scraper {
  readonly #o: Options;
  readonly #revisions = new Map<string, Map<string, Seen>>();
  readonly #problems = new Map<string, ScrapeProblem>();
  /** Revisions whose pods are asked by way of their Service. */
  readonly #services = new Map<string, ServiceSource>();

  constructor(options: Options) {
    this.#o = options;
  }

  /**
   * What the pods of a revision report now, as one stat for all of them: the sample's sum times population over
   * sample. Undefined without pods, or when less than half of the sample has something to say. To be called once a second.
   * `windowMs`: the stable window, which old pods have been there for.
   */
  sample(key: string, windowMs = 0): Stat | undefined {
    const now = this.#o.clock.now();
    const way = this.#o.way?.() ?? 'auto';
    const pods = this.#o.pods.byIndex(byRevision, key).filter((p) => serves(p) && p.status?.podIP);
    const seen = this.#follow(key, pods, now);
    const wanted = sampleSize(pods.length);
    const throughService = () => this.#byService(key, seen, wanted, windowMs);
    if (way === 'service' || (way === 'auto' && this.#services.get(key)?.worked())) return throughService();
    this.#choose(key, pods, seen, wanted, way);
    const all = [...seen.values()];
    const fresh = all.flatMap((s) => s.source?.fresh() ?? []);
    const asked = all.flatMap((s) => s.source ?? []);
    if (way === 'auto' && asked.length > 0 && asked.length >= wanted && asked.every((s) => s.meshLike())) return throughService();
    // A pod that has only just come and said nothing yet has had no load: it is not part of what is extrapolated to.
    const settled = all.filter((s) => s.source?.fresh() || now - s.at >= freshMs).length;
    const enough = fresh.length > 0 && fresh.length * 2 >= Math.min(wanted, settled);
    this.#tell(
      key,
      enough || settled === 0 ? undefined : all.some((s) => s.source?.failing() === false) ? 'no pod reports' : 'no pod answers',
    );
    return enough ? extrapolated(scraperName, fresh, settled) : undefined;
  }

  /** What is wrong with a revision's pods, as far as was seen. */
  problem(key: string): ScrapeProblem | undefined {
    return this.#problems.get(key);
  }

  #tell(key: string, problem: ScrapeProblem | undefined): void {
    if (this.#problems.get(key) === problem) return;
    if (problem) this.#problems.set(key, problem);
    else this.#problems.delete(key);
    this.#o.changed?.(key);
  }

  #ask(key: string) {
    return async (target: Target): Promise<Stat> => {
      const began = performance.now();
      try {
        return await scrape(target);
      } finally {
        this.#o.scraped?.(key, (performance.now() - began) / 1000);
      }
    };
  }

  #byService(key: string, seen: Map<string, Seen>, wanted: number, windowMs: number): Stat | undefined {
    const host = this.#o.serviceOf?.(key);
    if (!host) return undefined;
    const population = seen.size;
    const { clock, port = ports.autometric } = this.#o;
    const source = this.#services.get(key) ?? new ServiceSource({ host, port, clock, ask: this.#ask(key) });
    this.#services.set(key, source);
    source.refresh(wanted, windowMs / 1000);
    const stats = population > 0 ? source.fresh() : [];
    const enough = stats.length > 0 && stats.length * 2 >= wanted;
    this.#tell(key, enough || population === 0 ? undefined : 'no pod answers');
    if (!enough) return undefined;
    for (const pod of seen.values()) {
      pod.source?.close();
      pod.source = undefined;
    }
    return extrapolated(scraperName, stats, population);
  }

  #jumped(key: string): void {
    const seen = this.#revisions.get(key);
    const levels = [...(seen?.values() ?? [])].flatMap((s) => s.source?.level() ?? []);
    if (!seen || levels.length === 0) return;
    this.#o.jumped?.(key, (levels.reduce((a, b) => a + b, 0) * seen.size) / levels.length);
  }

  forget(key: string): void {
    for (const { source } of this.#revisions.get(key)?.values() ?? []) source?.close();
    for (const part of [this.#revisions, this.#services, this.#problems]) part.delete(key);
  }

  stop(): void {
    for (const key of [...this.#revisions.keys(), ...this.#services.keys()]) this.forget(key);
  }

  /** Brings what is known of a revision's pods up to date. */
  #follow(key: string, pods: Pod[], now: number): Map<string, Seen> {
    const before = this.#revisions.get(key);
    const seen = new Map<string, Seen>();
    for (const pod of pods) {
      const uid = pod.metadata.uid ?? '';
      seen.set(uid, before?.get(uid) ?? { at: now });
    }
    for (const [uid, { source }] of before ?? []) if (!seen.has(uid)) source?.close();
    if (seen.size > 0) this.#revisions.set(key, seen);
    else this.#revisions.delete(key);
    return seen;
  }

  /** Keeps `wanted` sources that work, the oldest pods first: they have seen a whole window. */
  #choose(key: string, pods: Pod[], seen: Map<string, Seen>, wanted: number, way: Way): void {
    let working = 0;
    for (const { source } of seen.values()) {
      source?.refresh();
      if (source && !source.failing()) working++;
    }
    if (working >= wanted) return;
    const age = (p: Pod) => p.status?.startTime ?? '';
    for (const pod of [...pods].sort((a, b) => (age(a) < age(b) ? -1 : 1))) {
      const entry = seen.get(pod.metadata.uid ?? '');
      if (!entry || entry.source) continue;
      const { clock, port = ports.autometric } = this.#o;
      const host = pod.status?.podIP ?? '';
      const service = this.#o.serviceOf?.(key);
      const headers = way === 'passthrough' && service ? { host: service, [names.directLb]: 'true' } : undefined;
      entry.source = new PodSource({ host, port, clock, headers, ask: this.#ask(key), jumped: () => this.#jumped(key) });
      working++;
      if (working >= wanted) return;
    }
  }
}
