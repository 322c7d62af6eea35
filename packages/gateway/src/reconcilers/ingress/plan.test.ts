import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import type { Ingress } from '@ebb/shared/api/kinds.ts';
import { expect, test } from 'vitest';
import { ingress } from '../../testing/objects.ts';
import { plan } from './plan.ts';
import type { State } from './status.ts';

const where = { systemNamespace: 'knative-serving', clusterDomain: 'cluster.local' };
const fresh: Ingress = { ...ingress('app', []), status: { conditions: conditionSets.Ingress.init(undefined) } };
const planned = (state: State, before = fresh) => plan(before, { state, ...where }).status;

const balancers = {
  publicLoadBalancer: { ingress: [{ domainInternal: 'gateway.knative-serving.svc.cluster.local' }] },
  privateLoadBalancer: { ingress: [{ domainInternal: 'gateway-local.knative-serving.svc.cluster.local' }] },
};
const waiting = { status: 'Unknown', reason: 'Uninitialized', message: 'Waiting for load balancer to be ready' };
const conflict = {
  status: 'False',
  reason: 'DomainConflict',
  message: 'Ingress rejected: ingress has a conflicting domain with another ingress',
};

test.each<[State, object, object, object]>([
  [{ is: 'waiting' }, waiting, { status: 'True' }, waiting],
  [{ is: 'programmed' }, { status: 'True' }, { status: 'True' }, { status: 'True' }],
  [{ is: 'conflicted' }, conflict, { status: 'Unknown' }, conflict],
])('%o', (state, balancer, network, ready) => {
  expect(planned(state).conditions).toEqual([
    { type: 'LoadBalancerReady', ...balancer },
    { type: 'NetworkConfigured', ...network },
    { type: 'Ready', ...ready },
  ]);
});

test('a refused spec says why', () => {
  expect(planned({ is: 'refused', why: 'spec.rules is empty' }).conditions?.at(-1)).toMatchObject({
    status: 'False',
    reason: 'ReconcileIngressFailed',
    message: 'Ingress reconciliation failed: spec.rules is empty',
  });
});

test('the load balancers are told once all replicas serve, and stay while a change waits', () => {
  expect(planned({ is: 'waiting' })).not.toHaveProperty('publicLoadBalancer');
  expect(planned({ is: 'programmed' })).toMatchObject(balancers);
  expect(planned({ is: 'waiting' }, { ...fresh, status: planned({ is: 'programmed' }) })).toMatchObject({
    ...balancers,
    conditions: [{ status: 'Unknown' }, { status: 'True' }, { status: 'Unknown' }],
  });
});
