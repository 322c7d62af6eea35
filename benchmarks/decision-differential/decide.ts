import type { PodAutoscaler } from '@ebb/shared/api/kinds.ts';
import { configTables } from '@ebb/shared/config/tables.ts';
import { specOf } from '../../packages/autoscaler/src/core/spec.ts';
import { Deciders } from '../../packages/autoscaler/src/deciders.ts';
import { Collections } from '../../packages/autoscaler/src/stats/collections.ts';
import { decisionText } from './series.ts';
import type { Shape } from './shapes.ts';

const key = 'ns/revision';
const began = Date.parse('2000-01-01T00:00:00Z');
/** Reports come with the full second; revisions change, and decisions are due, a quarter of a second later. */
const laterMs = 250;
const tickSeconds = 2;

function podAutoscaler(shape: Shape, own: Record<string, string>, second: number): PodAutoscaler {
  const annotations = Object.fromEntries(Object.entries(own).map(([name, value]) => [`autoscaling.knative.dev/${name}`, value]));
  const reachability = second >= (shape.unreachableFrom ?? Number.POSITIVE_INFINITY) ? 'Unreachable' : 'Reachable';
  const spec = { containerConcurrency: shape.containerConcurrency, scaleTargetRef: {}, protocolType: 'http1', reachability };
  return { metadata: { name: 'revision', namespace: 'ns', annotations }, spec } as unknown as PodAutoscaler;
}

/** What Ebb decides on a shape: one text for each second, after what that second brought. */
export function decisionsOf(shape: Shape): string[] {
  const config = configTables['config-autoscaler'].parse(shape.config);
  const deployment = configTables['config-deployment'].parse({ 'queue-sidecar-image': 'queue' });
  let now = began;
  let ready = 0;
  const collections = new Collections();
  const deciders = new Deciders({
    clock: { now: () => now },
    collections,
    readyPods: () => ready,
    changed: () => undefined,
    panicked: () => undefined,
    decided: () => undefined,
  });
  const report = (concurrency: number, proxied: number) => {
    collections.record(
      key,
      {
        averageConcurrentRequests: concurrency,
        averageProxiedConcurrentRequests: proxied,
        requestCount: concurrency,
        proxiedRequestCount: proxied,
        timestamp: Math.floor(now / 1000) - shape.late,
      },
      now,
    );
    if (concurrency !== 0) deciders.poke(key);
  };
  let { annotations } = shape;
  return shape.load.map((load, second) => {
    now = began + second * 1000;
    ready = shape.ready[second] ?? 0;
    if (load !== null) {
      report(load, load * shape.proxied);
      if (shape.proxied > 0) report(load * shape.proxied, 0);
    }
    now += laterMs;
    const created = second === 0 || shape.restarts.includes(second);
    if (created) {
      deciders.remove(key);
      collections.remove(key);
    }
    annotations = shape.edits[second] ?? annotations;
    if (created || shape.edits[second] || shape.unreachableFrom === second) {
      const spec = specOf(podAutoscaler(shape, annotations, second), config, deployment);
      collections.ensure(key, spec);
      deciders.ensure(key, spec);
    }
    // A new decider has its first tick after one period.
    if (second % tickSeconds === 0 && !created) deciders.tick();
    const state = deciders.get(key)?.state;
    return decisionText(state?.desired ?? -1, state?.excessBurstCapacity ?? 0, state?.panicSince !== undefined);
  });
}
