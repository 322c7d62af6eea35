import { builtin, type KubeEvent } from '../api/builtin.ts';
import type { KubeObject } from '../api/meta.ts';
import { isNotFound, type KubeClient } from '../kube/client.ts';
import type { EventText } from '../kube/reconciler.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../telemetry/log.ts';

/** Tells of things on objects as Kubernetes Events; never waits, never fails. */
export interface Recorder {
  event(source: string, object: KubeObject, event: EventText): void;
}

/** Distinct events remembered for aggregation, and events that may wait to be written. */
const remembered = 4096;
const waitingAtMost = 1000;

/** Repeats of an event raise its count instead of making another (contract control-plane 0.4: source components). */
export function createRecorder(client: KubeClient, clock: Clock, log: Logger): Recorder {
  const known = new Map<string, KubeEvent>();
  let waiting = 0;
  let chain = Promise.resolve();

  const write = async (source: string, object: KubeObject, event: EventText): Promise<void> => {
    const id = [source, object.metadata.uid, event.type, event.reason, event.message].join('|');
    const now = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
    const before = known.get(id);
    if (before) {
      const count = (before.count ?? 1) + 1;
      known.set(id, { ...before, count });
      try {
        await client.patch(builtin.Event, before.metadata.namespace, before.metadata.name, 'merge', { count, lastTimestamp: now });
        return;
      } catch (error) {
        // Events expire: what is gone is told anew.
        if (!isNotFound(error)) throw error;
        known.delete(id);
      }
    }
    const namespace = object.metadata.namespace || 'default';
    const fresh: KubeEvent = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${object.metadata.name}.${(clock.now() * 1000 + Math.floor(Math.random() * 1000)).toString(16)}`, namespace },
      involvedObject: {
        apiVersion: object.apiVersion,
        kind: object.kind,
        name: object.metadata.name,
        namespace: object.metadata.namespace,
        uid: object.metadata.uid,
        resourceVersion: object.metadata.resourceVersion,
      },
      type: event.type,
      reason: event.reason,
      message: event.message.slice(0, 1024),
      source: { component: source },
      reportingComponent: source,
      reportingInstance: '',
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    await client.create(builtin.Event, fresh);
    if (known.size >= remembered) known.delete(known.keys().next().value ?? '');
    known.set(id, fresh);
  };

  return {
    event(source, object, event) {
      if (waiting >= waitingAtMost) return;
      waiting++;
      chain = chain
        .then(() => write(source, object, event))
        .catch((error: Error) => log.debug({ err: error.message }, 'event not recorded'))
        .finally(() => {
          waiting--;
        });
    },
  };
}
