import { builtin, type Deployment } from '@ebb/shared/api/builtin.ts';
import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { getCondition, groom } from '@ebb/shared/api/conditions.ts';
import { kinds, type Metric, type PodAutoscaler, type ServerlessService } from '@ebb/shared/api/kinds.ts';
import { apiVersionOf, type Condition, type Kind } from '@ebb/shared/api/meta.ts';
import { kpaClass } from '@ebb/shared/api/system.ts';
import { configTables } from '@ebb/shared/config/tables.ts';
import type { Write } from '@ebb/shared/kube/reconciler.ts';
import { explain, type Made } from '../core/explain.ts';
import { bound } from '../core/scale.ts';
import { type Spec, specOf } from '../core/spec.ts';
import { Deciders } from '../deciders.ts';
import { plan } from '../reconcilers/podautoscaler/plan.ts';
import { Collections } from '../stats/collections.ts';

/** What a revision is asked for in one second: requests in flight, and requests a second. */
export interface Load {
  concurrency: number;
  rps: number;
}

/** A revision and the load on it. */
export interface Scenario {
  /** Of the revision, as the webhook has accepted them. */
  annotations?: Record<string, string>;
  containerConcurrency?: number;
  reachability?: 'Reachable' | 'Unreachable';
  /** Keys of config-autoscaler. */
  config?: Record<string, string>;
  /** How long from the Deployment's replicas to ready pods, ms. Pods that are not wanted are gone at once. */
  podStartMs?: number;
  /** Pods that are there and ready at the start, of a revision that has been active for an hour. */
  readyPods?: number;
  /** Whether jumps are told of at once, as Ebb's data plane does; without, the contract alone decides. */
  jumps?: boolean;
  /** A second → the load in it. */
  load: (second: number) => Load;
}

/** What is to be seen at the end of one second. */
export interface Moment extends Load {
  second: number;
  stable?: number;
  panic?: number;
  /** What a pod is aimed at, and what it can do, in the revision's metric. */
  target: number;
  capacity: number;
  desired: number;
  panicking: boolean;
  excessBurstCapacity: number;
  /** `status.desiredScale` and the Deployment's `spec.replicas`. */
  want: number;
  replicas: number;
  readyPods: number;
  active: Condition['status'];
  ready: Condition['status'];
  mode: 'Serve' | 'Proxy';
  /** Changes of the desired scale in this second, in words. */
  decisions: string[];
}

const key = 'default/revision';
const shape = (kind: Kind) => ({ apiVersion: apiVersionOf(kind), kind: kind.kind });
const metadata = { name: 'revision', namespace: 'default', uid: 'revision', generation: 1 };
const deploymentConfig = configTables['config-deployment'].parse({ 'queue-sidecar-image': 'queue' });
const tickSeconds = 2;
/** More passes than any change needs to settle. */
const passes = 10;

/**
 * One revision on a stepped clock: the real windows, decisions and plan of its PodAutoscaler, around them what a cluster
 * would do with the writes. Every second, in this order: pods come up, load is reported, every other second a decision
 * is due, and the PodAutoscaler is looked at when something asked for it.
 */
export class World {
  readonly #s: Scenario;
  readonly #began: number;
  readonly #deciders: Deciders;
  readonly #collections = new Collections();
  readonly #deployment: Deployment;
  readonly #config;
  #now: number;
  #pa: PodAutoscaler;
  /** Of the PodAutoscaler as it is. */
  #spec: Spec;
  #sks?: ServerlessService;
  #metric?: Metric;
  /** When each pod is ready, ms, oldest first. */
  #pods: number[];
  #told = 0;
  #look = true;
  #lookAt?: number;
  #decisions: string[] = [];

  constructor(scenario: Scenario, began = Date.parse('2026-01-01T00:00:00Z')) {
    this.#s = scenario;
    this.#began = began;
    this.#now = began;
    this.#config = configTables['config-autoscaler'].parse(scenario.config ?? {});
    const { readyPods = 0 } = scenario;
    this.#pods = Array.from({ length: readyPods }, () => began);
    const since = readyPods > 0 ? began - 3_600_000 : began;
    const conditions = conditionSets.PodAutoscaler.init(readyPods > 0 ? [{ type: 'Ready', status: 'True' }] : []);
    this.#pa = {
      ...shape(kinds.PodAutoscaler),
      metadata: { ...metadata, annotations: { 'autoscaling.knative.dev/class': kpaClass, ...scenario.annotations } },
      spec: {
        containerConcurrency: scenario.containerConcurrency ?? 0,
        scaleTargetRef: { ...shape(builtin.Deployment), name: metadata.name },
        protocolType: 'http1',
        reachability: scenario.reachability ?? 'Reachable',
      },
      status: { serviceName: '', metricsServiceName: '', observedGeneration: 1, conditions: groom([], conditions, since) },
    } as PodAutoscaler;
    this.#spec = this.#specOf();
    // Before its first reconcile a Deployment has what the revision reconciler gave it.
    const replicas = readyPods || this.#spec.initialScale;
    this.#deployment = { ...shape(builtin.Deployment), metadata, spec: { replicas } } as Deployment;
    this.#deciders = new Deciders({
      clock: { now: () => this.#now },
      collections: this.#collections,
      readyPods: () => this.#ready(),
      changed: () => {
        this.#look = true;
      },
      panicked: () => undefined,
      decided: (_, spec, made, from) => {
        const { clamped } = bound(spec, made.desired, this.#is('ScaleTargetInitialized'));
        this.#decisions.push(`${from} → ${made.desired}: ${explain(spec, made, clamped)}`);
      },
    });
    this.#startPods();
    this.#settle();
  }

  /** The state after each of `seconds` seconds, the first is 0. */
  *run(seconds: number): Generator<Moment> {
    for (let second = 0; second < seconds; second++) yield this.step(second);
  }

  step(second: number): Moment {
    this.#now = this.#began + second * 1000;
    this.#decisions = [];
    const before = this.#ready(this.#now - 1000);
    if (before !== this.#ready()) this.#look = true;
    const load = this.#s.load(second);
    this.#report(load);
    if (second % tickSeconds === 0) this.#deciders.tick();
    this.#settle();
    return this.#moment(second, load);
  }

  /** Somebody changes the revision. */
  edit(change: { annotations?: Record<string, string>; reachability?: 'Reachable' | 'Unreachable' }): void {
    const { annotations = {}, reachability = this.#pa.spec.reachability } = change;
    const kept = { 'autoscaling.knative.dev/class': kpaClass, ...annotations };
    this.#pa = { ...this.#pa, metadata: { ...this.#pa.metadata, annotations: kept }, spec: { ...this.#pa.spec, reachability } };
    this.#spec = this.#specOf();
    this.#look = true;
  }

  /** The autoscaler is another process now: what was in memory is gone. */
  restart(): void {
    this.#deciders.remove(key);
    this.#collections.remove(key);
    this.#look = true;
    this.#settle();
  }

  #specOf(): Spec {
    return specOf(this.#pa, this.#config, deploymentConfig);
  }

  #ready(now = this.#now): number {
    return this.#pods.filter((at) => at <= now).length;
  }

  #is(type: string): boolean {
    return getCondition(this.#pa.status?.conditions, type)?.status === 'True';
  }

  /** What scraped pods and activators say together. A revision without pods and requests is silent. */
  #report({ concurrency, rps }: Load): void {
    const scraped = this.#ready() > 0 && this.#spec.targetBurstCapacity !== -1;
    if (!scraped && concurrency === 0 && rps === 0) return;
    const proxied = { averageProxiedConcurrentRequests: 0, proxiedRequestCount: 0, timestamp: 0 };
    this.#collections.record(key, { averageConcurrentRequests: concurrency, requestCount: rps, ...proxied }, this.#now);
    if (concurrency > 0) this.#deciders.poke(key);
    if (this.#s.jumps && concurrency > 2 * this.#told + 1) this.#deciders.jump(key);
    this.#told = concurrency;
  }

  #startPods(): void {
    const replicas = this.#deployment.spec?.replicas ?? 0;
    // The youngest go first, as with a ReplicaSet.
    this.#pods = this.#pods.slice(0, replicas);
    while (this.#pods.length < replicas) this.#pods.push(this.#now + (this.#s.podStartMs ?? 2000));
  }

  /** Looks at the PodAutoscaler until nothing asks for it any more. */
  #settle(): void {
    for (let pass = 0; pass < passes && (this.#look || (this.#lookAt ?? Number.POSITIVE_INFINITY) <= this.#now); pass++) {
      this.#look = false;
      this.#lookAt = undefined;
      this.#reconcile();
    }
  }

  #reconcile(): void {
    this.#collections.ensure(key, this.#spec);
    const { conditions } = this.#pa.status ?? {};
    const { writes, status, requeueAfterMs } = plan(
      this.#pa,
      {
        decider: this.#deciders.ensure(key, this.#spec),
        readyPods: this.#ready(),
        deployment: this.#deployment,
        sks: this.#sks,
        metric: this.#metric,
        activatorAnswers: this.#sks?.spec.mode === 'Proxy',
      },
      this.#now,
    );
    for (const write of writes) this.#apply(write);
    const after = groom(conditions, status.conditions, this.#now);
    if (JSON.stringify(after) !== JSON.stringify(conditions)) this.#look = true;
    this.#pa = { ...this.#pa, status: { ...status, observedGeneration: 1, conditions: after } } as PodAutoscaler;
    if (requeueAfterMs !== undefined) this.#lookAt = this.#now + requeueAfterMs;
    this.#followSKS();
  }

  #apply(write: Write): void {
    if (write.verb === 'delete') return;
    if (write.verb === 'patch') {
      const [{ value }] = write.body as [{ value: number }];
      if (this.#deployment.spec) this.#deployment.spec.replicas = value;
      this.#startPods();
    } else if (write.kind.kind === kinds.Metric.kind) this.#metric = write.object as Metric;
    else this.#sks = write.object as ServerlessService;
    this.#look = true;
  }

  /** The ServerlessService's own controller: names, and whether pods or activators are behind it (contract data-plane 3.8). */
  #followSKS(): void {
    if (!this.#sks) return;
    const { conditions = [] } = this.#sks.status ?? {};
    const ready = this.#ready() > 0;
    const proxied = this.#sks.spec.mode === 'Proxy' || !ready;
    const populated = ready ? ({ status: 'True' } as const) : ({ status: 'Unknown', reason: 'NoHealthyBackends' } as const);
    const next = groom(
      conditions,
      [
        { type: 'ActivatorEndpointsPopulated', status: proxied ? 'True' : 'False', severity: 'Info' },
        { type: 'EndpointsPopulated', ...populated },
        { type: 'Ready', ...populated },
      ],
      this.#now,
    );
    if (JSON.stringify(next) !== JSON.stringify(conditions)) this.#look = true;
    const names = { serviceName: metadata.name, privateServiceName: `${metadata.name}-private` };
    this.#sks = { ...this.#sks, status: { ...names, conditions: next } } as ServerlessService;
  }

  #moment(second: number, load: Load): Moment {
    const decider = this.#deciders.get(key);
    const last: Partial<Made> = decider?.last ?? {};
    const statusOf = (type: string) => getCondition(this.#pa.status?.conditions, type)?.status ?? 'Unknown';
    return {
      second,
      ...load,
      stable: last.stable,
      panic: last.panic,
      target: this.#spec.targetValue,
      capacity: this.#spec.totalValue,
      desired: decider?.state.desired ?? -1,
      panicking: decider?.state.panicSince !== undefined,
      excessBurstCapacity: decider?.state.excessBurstCapacity ?? 0,
      want: (this.#pa.status as { desiredScale?: number }).desiredScale ?? -1,
      replicas: this.#deployment.spec?.replicas ?? 0,
      readyPods: this.#ready(),
      active: statusOf('Active'),
      ready: statusOf('Ready'),
      mode: this.#sks?.spec.mode ?? 'Proxy',
      decisions: this.#decisions,
    };
  }
}
