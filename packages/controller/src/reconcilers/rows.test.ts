import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

/**
 * The rows of the contract's condition tables (control-plane 7.1 to 7.4 and 7.8), and the golden case that shows each. A fact
 * is a condition (`Type Status Reason`), `event Reason`, `<verb> Kind` or `error`; without a second fact the first is all
 * that is asked; `not …` must be absent.
 */
type Row = readonly [row: string, golden: string, ...facts: string[]];

const rows: Record<string, readonly Row[]> = {
  service: [
    [
      '1 create',
      'create',
      'create Configuration',
      'create Route',
      'ConfigurationsReady Unknown OutOfDate',
      'RoutesReady Unknown OutOfDate',
    ],
    ['1 not owned', 'configuration-not-owned', 'ConfigurationsReady False NotOwned', 'Ready False NotOwned', 'error'],
    ['1 diff: overwrite', 'children-edited', 'update Configuration', 'update Route'],
    ['2 generation stale', 'configuration-behind', 'ConfigurationsReady Unknown OutOfDate', 'Ready Unknown OutOfDate'],
    ['2 generation stale, named: stop', 'named-revision-waits', 'ConfigurationsReady Unknown OutOfDate', 'not update Route'],
    ['2 copy True', 'ready', 'ConfigurationsReady True', 'Ready True', 'not error'],
    ['2 copy False', 'configuration-failed', 'ConfigurationsReady False RevisionFailed', 'Ready False RevisionFailed'],
    ['2 copy Unknown, empty', 'configuration-waits', 'ConfigurationsReady Unknown', 'Ready Unknown'],
    ['2 and 5 without a condition: not copied', 'children-silent', 'ConfigurationsReady Unknown', 'RoutesReady Unknown'],
    ['3 name of another', 'named-revision-taken', 'RoutesReady False RevisionNameTaken', 'not error'],
    ['3 name of ours, other generation and spec', 'named-revision-differs', 'RoutesReady False RevisionNameTaken'],
    ['3 name of ours, equal spec', 'named-revision-again', 'RoutesReady True', 'Ready True'],
    ['4 not owned', 'route-not-owned', 'RoutesReady False NotOwned', 'Ready False NotOwned', 'error'],
    ['5 generation stale', 'route-behind', 'RoutesReady Unknown OutOfDate', 'Ready Unknown OutOfDate'],
    ['5 copy False', 'route-failed', 'RoutesReady False RevisionMissing', 'Ready False RevisionMissing'],
    ['5 copy Unknown', 'rollout', 'RoutesReady Unknown RolloutInProgress', 'Ready Unknown RolloutInProgress'],
    ['6 other revision', 'traffic-not-migrated', 'RoutesReady Unknown TrafficNotMigrated'],
    ['6 other number of targets', 'traffic-more', 'RoutesReady Unknown TrafficNotMigrated'],
    ['6 tags', 'tags', 'RoutesReady True', 'Ready True'],
    ['spec changed', 'spec-changed', 'update Configuration', 'ConfigurationsReady Unknown OutOfDate'],
  ],
  configuration: [
    ['name by generation; routed: active at birth', 'create', 'create Revision', 'event Created on success', 'Ready Unknown'],
    ['name of the template', 'create-named', 'create Revision'],
    ['without a Service', 'create-standalone', 'create Revision'],
    ['next generation', 'next-generation', 'create Revision', 'Ready Unknown'],
    ['create fails', 'create', 'event CreationFailed on failure', 'Ready False RevisionFailed on failure'],
    ['conflict: foreign, named', 'named-taken', 'Ready False RevisionFailed', 'not error'],
    ['conflict: own, named, another spec', 'name-taken-own', 'Ready False RevisionFailed', 'not error'],
    ['conflict: our own choice of name', 'name-taken', 'Ready False RevisionFailed', 'error'],
    ['named again, equal spec: backwards', 'rollback-named', 'Ready True', 'event LatestReadyUpdate', 'not create Revision'],
    ['not ready yet', 'waiting', 'Ready Unknown'],
    ['nothing said yet', 'revision-silent', 'Ready Unknown'],
    ['first ready', 'first-ready', 'Ready True', 'event ConfigurationReady', 'event LatestReadyUpdate'],
    ['next ready', 'next-ready', 'Ready True', 'event LatestReadyUpdate', 'not event ConfigurationReady'],
    ['failed: latest created', 'failed', 'Ready False RevisionFailed', 'event LatestCreatedFailed'],
    ['failed: the next one', 'next-failed', 'Ready False RevisionFailed', 'event LatestCreatedFailed'],
    ['failed: latest ready', 'latest-ready-failed', 'Ready False RevisionFailed', 'event LatestReadyFailed'],
    ['failed: no change, no event', 'still-failed', 'Ready False RevisionFailed', 'not event LatestCreatedFailed'],
    ['other status', 'unknown-word', 'error'],
    ['latest ready: unsure, not cleared', 'latest-ready-unsure', 'not event LatestReadyUpdate'],
    ['latest ready: none older', 'not-backwards', 'not event LatestReadyUpdate', 'Ready Unknown'],
    ['latest ready: of all when it is gone', 'latest-ready-deleted', 'event LatestReadyUpdate', 'Ready Unknown'],
    ['revision of the present generation deleted', 'revision-deleted', 'create Revision', 'Ready True'],
    ['by labels, not by owner', 'orphan', 'Ready True', 'not create Revision'],
  ],
  revision: [
    ['digests pending', 'resolving', 'ResourcesAvailable Unknown ResolvingDigests', 'Ready Unknown ResolvingDigests'],
    ['digest failed', 'image-missing', 'ContainerHealthy False ContainerMissing', 'Ready False ContainerMissing', 'event InternalError'],
    ['digest failed: tried again, told once', 'image-still-missing', 'ContainerHealthy False ContainerMissing', 'not event InternalError'],
    ['digest found after a failure', 'image-found', 'ContainerHealthy Unknown Deploying', 'create Deployment'],
    ['skipped registry: the tag', 'create-local-image', 'create Deployment'],
    ['several containers, init containers', 'create-several', 'create Deployment', 'create Image'],
    ['logUrl', 'log-url', 'Ready Unknown ResolvingDigests'],
    ['logUrl cleared', 'log-url-gone', 'Ready True'],
    ['becomes ready', 'ready', 'Ready True', 'event RevisionReady'],
    ['Deployment missing', 'create', 'create Deployment', 'ResourcesAvailable Unknown Deploying', 'ContainerHealthy Unknown Deploying'],
    ['Deployment not owned', 'deployment-not-owned', 'ResourcesAvailable False NotOwned', 'error'],
    ['Deployment: hash differs', 'settings-changed', 'update Deployment'],
    ['Deployment: hash differs, others kept', 'peer-hash', 'update Deployment'],
    ['Deployment: hash equal', 'ready', 'not update Deployment'],
    ['status: Progressing absent', 'deployment-silent', 'ResourcesAvailable Unknown Deploying'],
    ['status: Progressing Unknown', 'deployment-paused', 'ResourcesAvailable Unknown DeploymentPaused'],
    ['status: Progressing False', 'deadline-exceeded', 'ResourcesAvailable False ProgressDeadlineExceeded'],
    ['status: ReplicaFailure', 'quota', 'ResourcesAvailable False FailedCreate', 'Ready False FailedCreate'],
    ['status: ReplicaFailure before Progressing', 'quota-past-deadline', 'ResourcesAvailable False FailedCreate'],
    ['status: ReplicaFailure Unknown', 'replicas-unsure', 'ResourcesAvailable Unknown Unsure'],
    ['pod: unschedulable', 'unschedulable', 'ResourcesAvailable False Unschedulable', 'Ready False Unschedulable'],
    ['pod: always schedulable', 'unschedulable-ignored', 'ResourcesAvailable Unknown Deploying'],
    ['pod: ended with a message', 'container-exits', 'ContainerHealthy False ExitCode5', 'Ready False ExitCode5'],
    ['pod: ended quietly', 'container-ends-quietly', 'ContainerHealthy False ExitCode0'],
    ['pod: the first that is not queue-proxy', 'sidecar-runs', 'ContainerHealthy False ExitCode137'],
    ['pod: waiting past the deadline', 'image-pull-failed', 'ResourcesAvailable False ImagePullBackOff'],
    ['pod: waiting before it', 'image-pull-waits', 'ResourcesAvailable Unknown Deploying'],
    ['readyReplicas', 'not-initialised', 'ContainerHealthy True', 'ResourcesAvailable Unknown Deploying'],
    ['PA missing', 'autoscaler-missing', 'create PodAutoscaler', 'Active Unknown Deploying', 'ResourcesAvailable Unknown Deploying'],
    ['PA not owned', 'autoscaler-not-owned', 'ResourcesAvailable False NotOwned', 'error'],
    ['PA: annotation of a live revision', 'min-scale-edited', 'update PodAutoscaler'],
    ['PA: annotations lost, class and metric kept', 'autoscaler-annotations', 'update PodAutoscaler'],
    ['PA: reachable', 'starting', 'not update PodAutoscaler'],
    ['PA: reserve', 'reserve', 'update PodAutoscaler'],
    ['PA: pending', 'pending', 'not update PodAutoscaler'],
    ['PA: failed without pods: unreachable', 'quota-past-deadline', 'update PodAutoscaler'],
    ['PA: without Ready', 'deployed', 'Active Unknown Deploying', 'ResourcesAvailable Unknown Deploying'],
    ['PA: without Ready, failed', 'autoscaler-silent-failed', 'Active Unknown Deploying', 'ContainerHealthy False ExitCode5'],
    ['PA: initialised', 'recovers', 'ResourcesAvailable True', 'ContainerHealthy True', 'Ready True'],
    ['PA: no service name', 'service-unknown', 'ResourcesAvailable Unknown Deploying'],
    ['PA: Active Unknown', 'starting', 'Active Unknown Queued'],
    ['PA: Active False', 'idle', 'Active False NoTraffic', 'Ready True'],
    ['PA: Active True', 'ready', 'Active True'],
    ['PA: never initialised', 'initial-scale-never', 'ResourcesAvailable False ProgressDeadlineExceeded', 'Active False TimedOut'],
    ['PA: never initialised, failed before', 'failed-then-zero', 'Ready False ExitCode1', 'Active False TimedOut'],
    ['PA: scale of -1', 'scale-unknown', 'Active Unknown Queued'],
    ['images', 'images', 'create Image'],
    ['new generation', 'generation-unseen', 'Ready True'],
  ],
  serverlessservice: [
    [
      'CreatingPrivateService',
      'create',
      'EndpointsPopulated Unknown CreatingPrivateService on failure',
      'create Service',
      'create Endpoints',
    ],
    ['h2c', 'create-h2c', 'EndpointsPopulated Unknown CreatingPrivateService on failure'],
    ['private Service edited', 'private-edited', 'update Service', 'EndpointsPopulated True'],
    ['UpdatingPrivateService', 'private-edited-starting', 'EndpointsPopulated Unknown UpdatingPrivateService on failure', 'update Service'],
    ['CreatingPublicService', 'public-missing', 'EndpointsPopulated Unknown CreatingPublicService on failure', 'create Service'],
    ['public Service edited', 'public-edited', 'update Service'],
    ['CreatingPublicEndpoints', 'endpoints-missing', 'EndpointsPopulated Unknown CreatingPublicEndpoints on failure', 'create Endpoints'],
    ['NoHealthyBackends', 'starting', 'EndpointsPopulated Unknown NoHealthyBackends', 'Ready Unknown NoHealthyBackends'],
    ['private not owned', 'not-owned', 'EndpointsPopulated False NotOwned', 'error'],
    ['public not owned', 'public-not-owned', 'EndpointsPopulated False NotOwned', 'error'],
    ['Endpoints not owned', 'endpoints-not-owned', 'EndpointsPopulated False NotOwned', 'error'],
    ['no Deployment', 'no-deployment', 'error'],
    ['Serve', 'serve', 'EndpointsPopulated True', 'ActivatorEndpointsPopulated False ActivatorEndpointsPopulated', 'update Endpoints'],
    ['Serve without pods: Proxy', 'serve-without-pods', 'ActivatorEndpointsPopulated True ActivatorEndpointsPopulated'],
    ['Proxy with pods', 'proxy-with-pods', 'EndpointsPopulated True', 'ActivatorEndpointsPopulated True ActivatorEndpointsPopulated'],
    ['Proxy without activators: Serve', 'proxy-without-activators', 'ActivatorEndpointsPopulated True ActivatorEndpointsPopulated'],
    ['neither', 'nobody', 'EndpointsPopulated Unknown NoHealthyBackends', 'ActivatorEndpointsPopulated True ActivatorEndpointsPopulated'],
    ['subset of activators', 'subset', 'update Endpoints'],
    ['all activators', 'all-activators', 'update Endpoints'],
    ['the same in another order', 'regrouped', 'not update Endpoints'],
  ],
};

interface Golden {
  writes: (Record<string, unknown> & { event?: { reason: string }; failed?: { event?: { reason: string }; status?: Status } })[];
  status?: Status;
  events?: { reason: string }[];
  error?: string;
}
interface Status {
  conditions?: { type: string; status: string; reason?: string }[];
}

const conditionsOf = (status: Status | undefined): string[] =>
  (status?.conditions ?? []).map((c) => [c.type, c.status, c.reason].filter(Boolean).join(' '));

function factsOf({ writes, status, events = [], error }: Golden): string[] {
  return [
    ...conditionsOf(status),
    ...events.map((e) => `event ${e.reason}`),
    ...(error ? ['error'] : []),
    ...writes.flatMap((w) => [
      ...(['create', 'update', 'patch', 'delete'] as const).flatMap((verb) => (w[verb] ? [`${verb} ${w[verb]}`] : [])),
      ...(w.event ? [`event ${w.event.reason} on success`] : []),
      ...(w.failed?.event ? [`event ${w.failed.event.reason} on failure`] : []),
      ...conditionsOf(w.failed?.status).map((c) => `${c} on failure`),
    ]),
  ];
}

for (const [kind, cases] of Object.entries(rows)) {
  describe(kind, () => {
    test.each(cases)('%s: %s', (_row, golden, ...facts) => {
      const known = factsOf(parse(readFileSync(new URL(`${kind}/${golden}.out.yaml`, import.meta.url), 'utf8')) as Golden);
      for (const fact of facts) {
        if (fact.startsWith('not ')) expect(known).not.toContain(fact.slice(4));
        else expect(known).toContain(fact);
      }
    });
  });
}
