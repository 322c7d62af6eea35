import { seeded } from '@ebb/shared/testing/seeded.ts';
import type { Case } from './case.ts';
import type { ConfigSet } from './config-sets.ts';
import { edited, type Json } from './edit.ts';
import {
  certificate,
  configuration,
  domainMapping,
  flaggedService,
  metric,
  podAutoscaler,
  richIngress,
  richRevision,
  richService,
  route,
  serverlessService,
} from './seeds.ts';

/** Random changes of valid objects: the same seed gives the same cases. */

type Step = string | number;
interface Place {
  parent: Json;
  step: Step;
  path: string;
}

/** Every place in the parts of an object that users write. */
function places(object: Json): Place[] {
  const out: Place[] = [];
  const walk = (parent: Json, path: string): void => {
    for (const step of Array.isArray(parent) ? parent.keys() : Object.keys(parent)) {
      if (path === '' && (step === 'apiVersion' || step === 'kind' || step === 'status')) continue;
      const at = typeof step === 'number' ? `${path}[${step}]` : `${path}.${step}`;
      if (at === '.metadata' || at === '.metadata.namespace') {
        if (at === '.metadata') walk(parent[step], at);
        continue;
      }
      out.push({ parent, step, path: at });
      if (typeof parent[step] === 'object' && parent[step] !== null) walk(parent[step], at);
    }
  };
  walk(object, '');
  return out;
}

const texts = ['', 'x', 'Bad_Name', 'a.b.c', 'x'.repeat(70), '0', 'true', ' a ', '/', 'ü', '-1', 'a/b'];
const numbers = [0, 1, -1, 65536, 2147483647, 2147483648, 4294967296, 9007199254740991];

type Pick = <T>(list: readonly T[]) => T;

/** How a value may be changed so that it keeps its type: what gets past the schema. */
function bent(value: Json, pick: Pick): Json {
  if (typeof value === 'string') return pick(texts);
  if (typeof value === 'number') return pick(numbers);
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return pick([[], [...value, structuredClone(value[0])], [...value].reverse(), value.slice(1)]);
  return {};
}

/** A value of another type. */
function retyped(value: Json, pick: Pick): Json {
  const others = ['text', 5, 1.5, true, null, [], {}, ['a'], { a: 'b' }].filter(
    (v) => typeof v !== typeof value || Array.isArray(v) !== Array.isArray(value),
  );
  return pick(others);
}

type Mutation = (place: Place, pick: Pick) => void;

const typed: Record<string, Mutation> = {
  drop: ({ parent, step }) => (Array.isArray(parent) ? parent.splice(step as number, 1) : delete parent[step]),
  bend: ({ parent, step }, pick) => {
    parent[step] = bent(parent[step], pick);
  },
  double: ({ parent, step }) => {
    if (Array.isArray(parent)) parent.push(structuredClone(parent[step as number]));
    else parent[step] = bent(parent[step], (list) => list[0] as never);
  },
  unknown: ({ parent, step }) => {
    const at = typeof parent[step] === 'object' && parent[step] !== null && !Array.isArray(parent[step]) ? parent[step] : parent;
    if (Array.isArray(at)) at.push(structuredClone(at[0]));
    else at.colour = 'red';
  },
};
const loose: Record<string, Mutation> = {
  retype: ({ parent, step, path }, pick) => {
    // Metadata of another type does not get past the API server's own decoding.
    if (path.startsWith('.spec')) parent[step] = retyped(parent[step], pick);
  },
};

interface Plan {
  seed: Json;
  name: string;
  config: ConfigSet;
  count: number;
  mutations: Record<string, Mutation>;
  more?: Partial<Case>;
}

/** `count` cases of a seed: one to three changes each. */
function mutate({ seed, name, config, count, mutations, more }: Plan, next: () => number): Case[] {
  const pick: Pick = (list) => list[Math.floor(next() * list.length)] as never;
  return Array.from({ length: count }, (_, i) => {
    const told: string[] = [];
    const changes = pick([1, 1, 1, 2, 3]);
    const object = edited(seed, (o) => {
      for (let n = 0; n < changes; n++) {
        const place = pick(places(o));
        const mutation = pick(Object.keys(mutations));
        mutations[mutation]?.(place, pick);
        told.push(`${mutation} ${place.path}`);
      }
    });
    return { id: `${name} ${i}: ${told.join(', ')}`, config, kind: seed.kind, operation: 'CREATE', object, ...more };
  });
}

const one = seeded(20261124);

export const mutationCases: Case[] = [
  { seed: richService, name: 'rich service', config: 'stock' as const, count: 170, mutations: typed },
  { seed: flaggedService, name: 'flagged service, enabled', config: 'enabled' as const, count: 130, mutations: typed },
  { seed: flaggedService, name: 'flagged service, allowed', config: 'allowed' as const, count: 60, mutations: typed },
  { seed: flaggedService, name: 'flagged service, stock', config: 'stock' as const, count: 60, mutations: typed },
  { seed: richService, name: 'rich service, secure', config: 'secure' as const, count: 30, mutations: typed },
  { seed: richService, name: 'rich service, narrow', config: 'narrow' as const, count: 30, mutations: typed },
  { seed: richService, name: 'rich service, raw', config: 'stock' as const, count: 50, mutations: typed, more: { raw: true as const } },
  {
    seed: richService,
    name: 'rich service, undefaulted',
    config: 'stock' as const,
    count: 40,
    mutations: typed,
    more: { undefaulted: true as const },
  },
  { seed: richRevision, name: 'rich revision', config: 'stock' as const, count: 60, mutations: typed },
  { seed: configuration, name: 'configuration', config: 'open' as const, count: 15, mutations: typed },
  { seed: route, name: 'route', config: 'stock' as const, count: 20, mutations: typed },
  { seed: domainMapping, name: 'mapping', config: 'stock' as const, count: 20, mutations: typed },
  { seed: podAutoscaler, name: 'pod autoscaler', config: 'stock' as const, count: 20, mutations: typed },
  { seed: metric, name: 'metric', config: 'stock' as const, count: 10, mutations: typed },
  { seed: serverlessService, name: 'serverless service', config: 'stock' as const, count: 20, mutations: typed },
  { seed: richIngress, name: 'rich ingress', config: 'stock' as const, count: 50, mutations: typed },
  { seed: certificate, name: 'certificate', config: 'stock' as const, count: 15, mutations: typed },
  {
    seed: richService,
    name: 'rich service, other types',
    config: 'stock' as const,
    count: 40,
    mutations: loose,
    more: { raw: true as const },
  },
  { seed: flaggedService, name: 'flagged service, other types', config: 'enabled' as const, count: 30, mutations: loose },
  { seed: richIngress, name: 'ingress, other types', config: 'stock' as const, count: 10, mutations: loose, more: { raw: true as const } },
].flatMap((plan) => mutate(plan, one));
