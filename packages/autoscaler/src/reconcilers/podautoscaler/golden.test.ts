import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtin, type Deployment } from '@ebb/shared/api/builtin.ts';
import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { kinds, type PodAutoscaler, type ServerlessService } from '@ebb/shared/api/kinds.ts';
import { apiVersionOf, type Condition, type Kind, type KubeObject } from '@ebb/shared/api/meta.ts';
import { type Configs, configTables } from '@ebb/shared/config/tables.ts';
import type { Write } from '@ebb/shared/kube/reconciler.ts';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { initialState, type State } from '../../core/decide.ts';
import type { Made } from '../../core/explain.ts';
import { specOf } from '../../core/spec.ts';
import { plan } from './plan.ts';
import { metricOf, serverlessServiceOf } from './resources/children.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const now = Date.parse('2026-01-01T12:00:00Z');

/** Type → status, or [status, reason, seconds it has been so]. */
type Conditions = Record<string, Condition['status'] | [Condition['status'], string, number]>;

/** A case as `*.in.yaml` writes it: what is there, short; the rest follows from it. */
interface Case {
  annotations?: Record<string, string>;
  spec?: Partial<PodAutoscaler['spec']>;
  status?: Partial<Omit<NonNullable<PodAutoscaler['status']>, 'conditions'>> & { conditions?: Conditions };
  config?: Record<string, string>;
  /** The decider's state. */
  decided?: Partial<State>;
  last?: Partial<Made>;
  /** Seconds this process has decided for it. */
  observed?: number;
  readyPods?: number;
  /** Replicas of the Deployment; absent: there is none. */
  replicas?: number;
  sks?: {
    mode?: 'Serve' | 'Proxy';
    numActivators?: number;
    foreign?: true;
    status?: Omit<ServerlessService['status'], 'conditions'> & { conditions?: Conditions };
  };
  metric?: 'current' | 'old' | 'foreign';
  activatorAnswers?: boolean;
}

/** With its message a condition is as it was, and keeps its time. */
const messages: Record<string, string> = {
  NoTraffic: 'The target is not receiving traffic.',
  Queued: 'Requests to the target are being buffered as resources are provisioned.',
};

const conditionsOf = (given: Conditions = {}): Condition[] =>
  Object.entries(given).map(([type, value]) => {
    const [status, reason, seconds] = Array.isArray(value) ? value : [value, '', 3600];
    const lastTransitionTime = new Date(now - seconds * 1000).toISOString();
    return { type, status, ...(reason ? { reason } : {}), ...(messages[reason] ? { message: messages[reason] } : {}), lastTransitionTime };
  });

const metadata = { name: 'one', namespace: 'default', uid: 'uid-of-one', generation: 1 };
const shape = (kind: Kind) => ({ apiVersion: apiVersionOf(kind), kind: kind.kind });
const owned = <T extends KubeObject>(object: T, foreign?: boolean): T =>
  foreign ? { ...object, metadata: { ...object.metadata, ownerReferences: [] } } : object;

function planOf(given: Case) {
  const pa: PodAutoscaler = {
    ...shape(kinds.PodAutoscaler),
    metadata: {
      ...metadata,
      labels: { 'serving.knative.dev/revision': 'one' },
      annotations: {
        'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev',
        'autoscaling.knative.dev/metric': 'concurrency',
        ...given.annotations,
      },
    },
    spec: {
      containerConcurrency: 0,
      scaleTargetRef: { ...shape(builtin.Deployment), name: 'one-deployment' },
      protocolType: 'http1',
      reachability: 'Reachable',
      ...given.spec,
    },
    status: {
      serviceName: '',
      metricsServiceName: '',
      ...given.status,
      conditions: conditionSets.PodAutoscaler.init(conditionsOf(given.status?.conditions)),
    },
  };
  const config: Configs['config-autoscaler'] = configTables['config-autoscaler'].parse(given.config ?? {});
  const spec = specOf(pa, config, configTables['config-deployment'].parse({ 'queue-sidecar-image': 'queue' }));
  const { status, mode = 'Proxy', numActivators = 2, foreign } = given.sks ?? {};
  const sks: ServerlessService | undefined = given.sks && {
    ...owned(serverlessServiceOf(pa, mode, numActivators), foreign),
    status: status && { observedGeneration: 1, ...status, conditions: conditionsOf(status.conditions) },
  };
  if (sks) sks.metadata.generation = 1;
  const metric = metricOf(pa, spec, given.metric === 'old' ? '' : 'one-private');
  const deployment: Deployment = {
    ...shape(builtin.Deployment),
    metadata: { ...metadata, name: 'one-deployment' },
    spec: { replicas: given.replicas } as Deployment['spec'],
  };
  const state = { ...initialState(spec, 0, now), ...given.decided };
  return plan(
    pa,
    {
      decider: {
        phase: 0,
        spec,
        state,
        since: now - (given.observed ?? 3600) * 1000,
        last: given.last && ({ clauses: ['stable'], ...given.last } as Made),
      },
      readyPods: given.readyPods ?? 0,
      deployment: given.replicas === undefined ? undefined : deployment,
      sks,
      metric: given.metric && owned(metric, given.metric === 'foreign'),
      activatorAnswers: given.activatorAnswers ?? false,
    },
    now,
  );
}

const shown = ({ kind, verb, ...rest }: Write) => ({ [verb]: kind.kind, ...rest });

/** What comes of each `*.in.yaml` is `*.out.yaml` beside it. UPDATE_GOLDEN=1 writes those anew. */
for (const file of readdirSync(folder).filter((f) => f.endsWith('.in.yaml'))) {
  const name = file.slice(0, -'.in.yaml'.length);
  test(name.replaceAll('-', ' '), () => {
    const given = parse(readFileSync(join(folder, file), 'utf8')) as Case;
    const { writes, ...rest } = planOf(given);
    const text = stringify({ writes: writes.map(shown), ...rest }, { lineWidth: 120, aliasDuplicateObjects: false });
    const out = join(folder, `${name}.out.yaml`);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(out, text);
    expect(text).toBe(existsSync(out) ? readFileSync(out, 'utf8') : `(there is no ${out}; UPDATE_GOLDEN=1 writes it)`);
  });
}
