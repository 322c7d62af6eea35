import { builtin, type Deployment, type Endpoints, type KubeService } from '@ebb/shared/api/builtin.ts';
import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { marking } from '@ebb/shared/api/conditions.ts';
import type { ServerlessService } from '@ebb/shared/api/kinds.ts';
import { isOwnedBy } from '@ebb/shared/api/meta.ts';
import type { FailedWrite, Plan, Write } from '@ebb/shared/kube/reconciler.ts';
import { jsonEqual } from '@ebb/shared/lib/equal.ts';
import { publicEndpointsOf, readyAddresses, sameSubsets } from './resources/endpoints.ts';
import { privateName, privateServiceOf, publicServiceOf } from './resources/services.ts';

export interface Input {
  deployment?: Deployment;
  privateService?: KubeService;
  publicService?: KubeService;
  privateEndpoints?: Endpoints;
  publicEndpoints?: Endpoints;
  activatorEndpoints?: Endpoints;
}

type Status = NonNullable<ServerlessService['status']>;

/** What a ServerlessService needs done, and what it says of itself (contract control-plane 7.8). */
export function plan(sks: ServerlessService, input: Input): Plan<Status> {
  const marks = marking(conditionSets.ServerlessService, sks.status?.conditions);
  const writes: Write[] = [];
  const status: Status = { ...sks.status };
  const done = (error?: string): Plan<Status> => ({ writes, error, status: { ...status, conditions: marks.conditions } });
  const message = 'K8s Service is not ready';

  for (const [kind, object] of [
    ['Service', input.privateService],
    ['Service', input.publicService],
    ['Endpoints', input.publicEndpoints],
  ] as const) {
    if (object && !isOwnedBy(object, sks)) {
      const text = `Resource ${object.metadata.name} of type ${kind} is not owned by SKS`;
      marks.false('EndpointsPopulated', 'NotOwned', text);
      return done(`SKS: ${sks.metadata.name} does not own ${kind}: ${object.metadata.name}`);
    }
  }
  // Of a revision that is deleted the Deployment may go first: no reason to tell of an error.
  const selector = input.deployment ? (input.deployment.spec?.selector.matchLabels ?? {}) : input.privateService?.spec?.selector;
  if (!selector)
    return done(`error retrieving deployment selector spec: deployments.apps ${JSON.stringify(sks.spec.objectRef?.name)} not found`);

  const privateWanted = privateServiceOf(sks, selector);
  // Only a write that fails is told of: when all are done, what counts is who answers.
  const failing = (reason: string): FailedWrite => {
    const conditions = () => {
      const failed = marking(conditionSets.ServerlessService, marks.conditions);
      failed.unknown('EndpointsPopulated', reason, message);
      return failed.conditions;
    };
    return () => ({ status: (before: Status) => ({ ...before, conditions: conditions() }) });
  };
  if (!input.privateService) {
    const failed = failing('CreatingPrivateService');
    writes.push({ verb: 'create', kind: builtin.Service, object: privateWanted, doing: 'failed to create private K8s Service', failed });
  } else if (!sameService(input.privateService, privateWanted)) {
    writes.push({
      verb: 'update',
      kind: builtin.Service,
      object: updated(input.privateService, privateWanted),
      doing: 'failed to update private K8s Service',
      failed: failing('UpdatingPrivateService'),
    });
  }
  const publicWanted = publicServiceOf(sks);
  if (!input.publicService) {
    const failed = failing('CreatingPublicService');
    writes.push({ verb: 'create', kind: builtin.Service, object: publicWanted, doing: 'failed to create public K8s Service', failed });
  } else if (!sameService(input.publicService, publicWanted)) {
    writes.push({
      verb: 'update',
      kind: builtin.Service,
      object: updated(input.publicService, publicWanted),
      doing: 'failed to update public K8s Service',
    });
  }
  const endpoints = publicEndpointsOf(sks, input.privateEndpoints, input.activatorEndpoints);
  if (!input.publicEndpoints) {
    const failed = failing('CreatingPublicEndpoints');
    writes.push({ verb: 'create', kind: builtin.Endpoints, object: endpoints, doing: 'failed to create public K8s Endpoints', failed });
  } else if (!sameSubsets(input.publicEndpoints, endpoints)) {
    const object = { ...input.publicEndpoints, subsets: endpoints.subsets } as Endpoints;
    writes.push({ verb: 'update', kind: builtin.Endpoints, object, doing: 'failed to update public K8s Endpoints' });
  }
  status.privateServiceName = privateName(sks);
  status.serviceName = sks.metadata.name;

  // The transition time of this condition is the clock of "in Proxy for": reason and message never change (contract 9.33).
  const populated = ['ActivatorEndpointsPopulated', 'ActivatorEndpointsPopulated', 'Revision is backed by Activator'] as const;
  // What is asked for counts here, not who serves when there are no activators: those come back.
  if (sks.spec.mode === 'Proxy' || readyAddresses(input.privateEndpoints) === 0) marks.true(...populated);
  else marks.false(...populated);
  // Pods, not activators, make it ready: behind activators alone it is Unknown, as at zero.
  if (readyAddresses(input.privateEndpoints) > 0) marks.true('EndpointsPopulated');
  else marks.unknown('EndpointsPopulated', 'NoHealthyBackends', message);
  return done();
}

const relevant = (s: KubeService) => [s.spec?.selector ?? {}, s.spec?.ports?.map((p) => [p.name, p.port, p.targetPort, p.appProtocol])];
const sameService = (live: KubeService, wanted: KubeService): boolean =>
  jsonEqual(relevant(live), relevant(wanted)) &&
  Object.entries(wanted.metadata.labels ?? {}).every(([key, value]) => live.metadata.labels?.[key] === value);

function updated(live: KubeService, wanted: KubeService): KubeService {
  const metadata = {
    ...live.metadata,
    labels: { ...live.metadata.labels, ...wanted.metadata.labels },
    annotations: { ...live.metadata.annotations, ...wanted.metadata.annotations },
  };
  return { ...live, metadata, spec: { ...live.spec, selector: wanted.spec?.selector, ports: wanted.spec?.ports } };
}
