import type { Configuration, Revision, Route, TrafficTarget } from '@ebb/shared/api/kinds.ts';
import { describe, expect, test } from 'vitest';
import { resolveTraffic, statusOf } from './traffic.ts';

const revision = (name: string): Revision => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Revision',
  metadata: { name, namespace: 'default', generation: 1 },
  spec: { containers: [] },
  status: { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] },
});
const configuration: Configuration = {
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Configuration',
  metadata: { name: 'hello', namespace: 'default' },
  spec: {},
  status: { latestReadyRevisionName: 'r2' },
};
const known = { configuration: (name: string) => (name === 'hello' ? configuration : undefined), revision };

function resolve(traffic: TrafficTarget[]) {
  const route: Route = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Route',
    metadata: { name: 'hello', namespace: 'default' },
    spec: { traffic },
  };
  const resolved = resolveTraffic(route, known);
  if (!resolved.ok) throw new Error(resolved.message);
  const targets = Object.fromEntries(
    [...resolved.targets].map(([tag, shares]) => [tag, shares.map((s) => [s.revision.metadata.name, s.percent])]),
  );
  return { status: statusOf(resolved.entries, (tag) => `http://${tag}`), targets };
}
const latest = (percent: number, tag?: string): TrafficTarget => ({
  configurationName: 'hello',
  latestRevision: true,
  percent,
  ...(tag ? { tag } : {}),
});
const pinned = (revisionName: string, percent: number, tag?: string): TrafficTarget => ({
  revisionName,
  latestRevision: false,
  percent,
  ...(tag ? { tag } : {}),
});

describe('the traffic of a Route', () => {
  test('status keeps the order of the spec, exact percentages and whether a revision is followed or pinned', () => {
    expect(resolve([pinned('r1', 90), latest(10), pinned('r2', 0, 'next')]).status).toEqual([
      { revisionName: 'r1', latestRevision: false, percent: 90 },
      { revisionName: 'r2', latestRevision: true, percent: 10 },
      { revisionName: 'r2', latestRevision: false, percent: 0, tag: 'next', url: 'http://next' },
    ]);
  });

  test('equal entries are merged, those with another tag or another way of naming are not', () => {
    expect(resolve([pinned('r1', 20), pinned('r1', 30), pinned('r1', 10, 'a'), latest(40)]).status.map((t) => t.percent)).toEqual([
      50, 10, 40,
    ]);
  });

  test('the route itself gets every entry, each tag its own; a target of one revision sends all to it', () => {
    const { targets } = resolve([pinned('r1', 60), latest(40, 'a'), pinned('r3', 0, 'b')]);
    expect(targets).toEqual({
      '': [
        ['r1', 60],
        ['r2', 40],
        ['r3', 0],
      ],
      a: [['r2', 100]],
      b: [['r3', 100]],
    });
  });

  test('a tag may stand for several revisions: shares stay as they are', () => {
    expect(resolve([pinned('r1', 30, 'a'), pinned('r2', 70, 'a')]).targets.a).toEqual([
      ['r1', 30],
      ['r2', 70],
    ]);
  });

  test('one revision by two ways is one share of all traffic', () => {
    expect(resolve([pinned('r2', 30), latest(70)]).targets).toEqual({ '': [['r2', 100]] });
  });
});
