import { subsetOf } from './subset.ts';

/** Where the requests of a revision can go: its pods one by one, or all behind the private Service's address. */
export type Backends = { mode: 'pods'; healthy: readonly string[] } | { mode: 'clusterIP'; dest: string; ready: number };

/** This activator's place among those in front of a revision; index -1 until it is known. */
export interface Place {
  index: number;
  activators: number;
}

export interface Assignment {
  /** `host:port` of each destination, sorted. */
  dests: string[];
  /** Requests at once over all destinations; 0 holds everything. */
  capacity: number;
  /** Requests at once on one destination. */
  perDest: number;
}

/** What this activator may use of a revision's backends, and how much of it (contract data-plane 2.4, "Capacity"). */
export function assign(containerConcurrency: number, backends: Backends, place: Place): Assignment {
  const unlimited = Number.POSITIVE_INFINITY;
  if (backends.mode === 'clusterIP') {
    const share = Math.floor((containerConcurrency * backends.ready) / Math.max(1, place.activators));
    return { dests: [backends.dest], capacity: containerConcurrency === 0 ? unlimited : Math.max(1, share), perDest: unlimited };
  }
  const sorted = [...backends.healthy].sort();
  if (sorted.length === 0) return { dests: [], capacity: 0, perDest: 0 };
  if (containerConcurrency === 0) return { dests: sorted, capacity: unlimited, perDest: unlimited };
  const dests = subsetOf(sorted, place.index, place.activators);
  return { dests, capacity: containerConcurrency * dests.length, perDest: containerConcurrency };
}

/** This activator's place among the ready addresses of a revision's public Endpoints; the old one when it is not listed. */
export function placeAmong(addresses: readonly string[], own: string, before: Place): Place {
  const sorted = [...new Set(addresses)].sort();
  const index = sorted.indexOf(own);
  return index < 0 ? before : { index, activators: sorted.length };
}
