import { connectEvents } from '@ebb/shared/events/bus.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { type Bench, benchNamespace } from '../lib/kube.ts';
import { median, percentile, round, table } from '../lib/stats.ts';

/** Milliseconds since a request was held, by phase, as `coldstart.finished` tells them. */
export type Waterfall = Record<string, number>;

/** One cold start: what the client waited for the first byte, and what the activator tells of it. Times in ms. */
export interface Told {
  client: number;
  waterfall: Waterfall;
}

export interface Waterfalls {
  /** That of a revision whose cold start ended just now; undefined when nobody tells of it within a second. */
  of(revision: string): Promise<Waterfall | undefined>;
  close(): Promise<void>;
}

/** Listens to what activators tell of cold starts; undefined when NATS does not run. */
export async function listenToWaterfalls({ systemPods }: Bench): Promise<Waterfalls | undefined> {
  const ip = systemPods.list().find((p) => p.metadata.labels?.app === 'nats')?.status?.podIP;
  if (!ip) return undefined;
  const bus = connectEvents({ component: 'bench', url: `nats://${ip}:4222`, log: createLogger('bench', 'silent') });
  const told = new Map<string, Waterfall>();
  bus.subscribe('coldstart.finished', ({ namespace, name, data }) => {
    if (namespace === benchNamespace) told.set(name, data as Waterfall);
    return undefined;
  });
  return {
    async of(revision) {
      for (let tries = 0; tries < 50 && !told.has(revision); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
      return told.get(revision);
    },
    close: () => bus.close(),
  };
}

const phases = ['poked', 'decided', 'scaled', 'created', 'scheduled', 'sandbox', 'started', 'announced', 'listening', 'ready', 'probed'];

/**
 * What of a cold start is Ebb's own. `own_share`: from the client's request to the scale's write, as it was heard of; the
 * gateway and the way back are in it. `port_to_first_byte`: from queue-proxy's port open, the container's is before it here,
 * to the head of the response at the activator.
 */
export function sharesOf(all: readonly Told[]): { ms: Record<string, number>; text: string } {
  const figures = (name: string, values: number[]) => ({
    [`${name}_p50`]: round(median(values)),
    [`${name}_p99`]: round(percentile(values, 99)),
  });
  const of = (phase: string) => all.flatMap(({ waterfall }) => waterfall[phase] ?? []);
  const own = all.flatMap(({ client, waterfall: { scaled, firstByte } }) =>
    scaled === undefined || firstByte === undefined ? [] : [scaled + client - firstByte],
  );
  const port = all.flatMap(({ waterfall: { listening, firstByte } }) =>
    listening === undefined || firstByte === undefined ? [] : [firstByte - listening],
  );
  if (own.length === 0 || port.length === 0) return { ms: {}, text: 'no waterfalls: NATS or its events are missing' };
  const row = (name: string, values: number[]) => [name, String(round(median(values))), String(round(percentile(values, 99)))];
  const reached = [...phases, 'firstByte'].filter((phase) => of(phase).length > 0);
  const text = [
    table([
      [`${all.length} waterfalls, ms`, 'p50', 'p99'],
      row('own share: request → scale written', own),
      row('port open → first byte', port),
    ]),
    table([['reached after, ms', 'p50', 'p99'], ...reached.map((phase) => row(phase, of(phase)))]),
  ].join('\n\n');
  return { ms: { ...figures('own_share', own), ...figures('port_to_first_byte', port) }, text };
}
