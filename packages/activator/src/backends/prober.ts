import type { Candidate } from '../core/candidates.ts';
import type { Backends } from '../core/capacity.ts';
import type { ProbeResult } from './probe.ts';

export interface ProberOptions {
  /** `announced`: the name of the pod, when only its announcement tells that it is there. */
  probe: (dest: string, signal: AbortSignal, announced?: string) => Promise<ProbeResult>;
  /** The private Service's address, the way to pods that cannot be reached one by one; undefined when there is none (yet). */
  clusterIP: () => string | undefined;
  mesh: {
    /** Pods can be addressed: `disabled` trusts those Kubernetes calls ready, `auto` falls back to the cluster IP, `enabled` uses nothing else. */
    mode: 'auto' | 'enabled' | 'disabled';
    passthrough: boolean;
  };
  /** Milliseconds between two rounds; and while requests are held. */
  frequencyMs: number;
  eagerMs: number;
  /** And of a pod that has just announced itself, by how many have: at most `eagerMs`. */
  announcedMs: () => number;
  /** Told of every change. */
  changed: (backends: Backends) => void;
}

/** A pod that announced itself serves soon: it is asked more often than others, but not for longer than this. */
const announcedForMs = 2_000;

/**
 * Finds out which pods of one revision serve (contract data-plane 2.5): asks every candidate that is not known to, again and
 * again until it answers or is gone. Unlike the peer it leaves the cluster IP again when a pod answers.
 */
export class Prober {
  readonly #o: ProberOptions;
  readonly #stop = new AbortController();
  readonly #asking = new Set<string>();
  readonly #healthy = new Set<string>();
  /** Last answers of those that are not healthy. */
  readonly #answers = new Map<string, ProbeResult>();
  #candidates = new Map<string, Candidate>();
  #viaClusterIP?: string;
  #eager = false;
  /** When the newest announcement came, ms of the process's clock. */
  #announcedAt = Number.NEGATIVE_INFINITY;
  #timer?: NodeJS.Timeout;
  #told = '';

  constructor(options: ProberOptions) {
    this.#o = options;
  }

  /** Whether requests are held: then every pod is asked as often as it makes sense. */
  set eager(value: boolean) {
    if (this.#eager === value) return;
    this.#eager = value;
    if (value) this.#round();
  }

  update(candidates: readonly Candidate[]): void {
    const before = this.#candidates;
    this.#candidates = new Map(candidates.map((c) => [c.dest, c]));
    if (candidates.some(({ dest, announced }) => announced && !before.has(dest))) this.#announcedAt = performance.now();
    for (const dest of [...this.#healthy, ...this.#answers.keys()]) {
      const now = this.#candidates.get(dest);
      // What Kubernetes took back is asked again: it may only be a probe that failed once.
      if (now && (now.ready || !before.get(dest)?.ready)) continue;
      this.#healthy.delete(dest);
      this.#answers.delete(dest);
    }
    if (this.#trusting) for (const c of candidates) if (c.ready) this.#healthy.add(c.dest);
    if (candidates.length === 0) this.#viaClusterIP = undefined;
    this.#tell();
    this.#round();
  }

  /** A connection to it was refused: it serves no more until it answers again. */
  suspect(dest: string): void {
    if (this.#viaClusterIP === dest) this.#viaClusterIP = undefined;
    this.#healthy.delete(dest);
    this.#tell();
    this.#schedule();
  }

  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  get #trusting(): boolean {
    return this.#o.mesh.mode === 'disabled';
  }

  /** One round: everyone who is not healthy and not being asked is asked. */
  #round(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#stop.signal.aborted) return;
    if (this.#o.mesh.mode !== 'enabled') {
      for (const { dest } of this.#candidates.values()) if (!this.#healthy.has(dest)) void this.#ask(dest);
    }
    if (this.#isHidden()) {
      const address = this.#o.clusterIP();
      if (address) void this.#ask(address);
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#timer || this.#stop.signal.aborted || this.#isSettled()) return;
    // Eagerness is for a few pods: hundreds that do not start would cost more than they gain.
    const { eagerMs: usualMs, announcedMs, frequencyMs } = this.#o;
    const everyMs = performance.now() - this.#announcedAt < announcedForMs ? Math.min(announcedMs(), usualMs) : usualMs;
    const eagerMs = Math.min(frequencyMs, everyMs * Math.ceil(this.#candidates.size / 8));
    this.#timer = setTimeout(() => this.#round(), this.#eager ? eagerMs : this.#o.frequencyMs);
    this.#timer.unref();
  }

  /** Nobody is left to ask. Behind the cluster IP pods are asked again only when something changes. */
  #isSettled(): boolean {
    if (this.#viaClusterIP) return true;
    if (this.#o.mesh.mode === 'enabled') return this.#candidates.size === 0;
    return [...this.#candidates.keys()].every((dest) => this.#healthy.has(dest));
  }

  /** Whether a mesh may hide the pods: Kubernetes calls one ready, yet none answers, or only as a proxy would. */
  #isHidden(): boolean {
    const { mode, passthrough } = this.#o.mesh;
    if (this.#viaClusterIP || ![...this.#candidates.values()].some((c) => c.ready)) return false;
    if (mode === 'enabled') return true;
    if (mode === 'disabled' || passthrough || this.#healthy.size > 0) return false;
    return [...this.#candidates.keys()].every((dest) => this.#answers.get(dest) === 'unreachable');
  }

  async #ask(dest: string): Promise<void> {
    if (this.#asking.has(dest)) return;
    this.#asking.add(dest);
    const began = performance.now();
    const result = await this.#o.probe(dest, this.#stop.signal, this.#candidates.get(dest)?.announced);
    this.#asking.delete(dest);
    if (this.#stop.signal.aborted) return;
    if (this.#candidates.has(dest)) {
      this.#answers.set(dest, result);
      if (result !== 'ready') {
        // It waited with its answer until it ran out of time: it may have become ready since.
        if (this.#eager && performance.now() - began > this.#o.eagerMs) this.#round();
        return;
      }
      this.#healthy.add(dest);
      this.#answers.delete(dest);
      this.#viaClusterIP = undefined;
    } else if (dest === this.#o.clusterIP() && result === 'ready' && this.#isHidden()) this.#viaClusterIP = dest;
    this.#tell();
  }

  #tell(): void {
    const ready = [...this.#candidates.values()].filter((c) => c.ready).length;
    const backends: Backends = this.#viaClusterIP
      ? { mode: 'clusterIP', dest: this.#viaClusterIP, ready }
      : { mode: 'pods', healthy: [...this.#healthy].sort() };
    const text = JSON.stringify(backends);
    if (text === this.#told) return;
    this.#told = text;
    this.#o.changed(backends);
  }
}
