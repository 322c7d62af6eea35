import { randomBytes } from 'node:crypto';
import { builtin } from '@ebb/shared/api/builtin.ts';
import { isReady } from '@ebb/shared/api/conditions.ts';
import { type ClusterDomainClaim, type DomainMapping, kinds } from '@ebb/shared/api/kinds.ts';
import { isNotFound } from '@ebb/shared/kube/client.ts';
import { afterAll, beforeAll, expect } from 'vitest';
import { kube, kubectl } from './support/cluster.ts';
import { columns } from './support/columns.ts';
import { configure, restoringConfig } from './support/config.ts';
import { explain } from './support/explain.ts';
import { answerOf, ask } from './support/requests.ts';
import { conditionOf, ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply, manifest } = story(import.meta.url);
restoringConfig();
const domain = (name: string) => `${name}.domain-mapping.example.org`;
const app = domain('app');
const other = `${namespace}-other-${randomBytes(2).toString('hex')}`;
const explained = { explain: () => explain(namespace) };

const unclaim = () => kubectl(['delete', 'cdc', app, '--ignore-not-found']);

// Claims are the cluster's: a run that was interrupted leaves its own.
beforeAll(unclaim);
afterAll(async () => {
  await kubectl(['delete', 'namespace', other, '--wait=false', '--ignore-not-found']);
  await unclaim();
  await kubectl(['delete', '--ignore-not-found', '-f', '-'], manifest('gadgets'));
});

const get = (name: string, at = namespace) => kube.get(kinds.DomainMapping, at, domain(name));
const claimOf = async (name: string): Promise<ClusterDomainClaim | undefined> =>
  kube.get(kinds.ClusterDomainClaim, '', domain(name)).catch((error) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });

/** Waits until a mapping says this of itself at its present generation. */
async function says(name: string, type: string, condition: object, at = namespace): Promise<DomainMapping> {
  const look = async () => {
    const mapping = await get(name, at);
    expect(mapping.status?.observedGeneration).toBe(mapping.metadata.generation);
    expect(conditionOf(mapping, type)).toMatchObject(condition);
    return mapping;
  };
  return until(`${domain(name)} says ${type} ${JSON.stringify(condition)}`, look, { timeoutMs: 90_000, ...explained });
}

async function mapped(name: string, at = namespace): Promise<DomainMapping> {
  const mapping = await says(name, 'Ready', { status: 'True' }, at);
  expect(isReady(mapping)).toBe(true);
  expect(mapping.status).toMatchObject({ url: `http://${domain(name)}`, address: { url: `http://${domain(name)}` } });
  return mapping;
}

const answers = (name: string, text: string) =>
  until(`${domain(name)} answers ${JSON.stringify(text)}`, async () => expect(await answerOf(domain(name))).toBe(text), explained);

const claimed = 'The domain name is already in use by another DomainMapping';

step('a domain that nobody claimed for this namespace is not mapped', async () => {
  await apply('service');
  await ready(namespace, 'hello', 'hello-00001');
  await apply('mapping');
  await says('app', 'DomainClaimed', { status: 'False', reason: 'DomainAlreadyClaimed', message: claimed });
  expect((await ask(app)).status).toBe(404);
});

step('once it is claimed, requests for the domain reach the Service', async () => {
  const claim = { apiVersion: '', kind: '', metadata: { name: app, namespace: '' }, spec: { namespace } };
  await kube.create(kinds.ClusterDomainClaim, claim);
  await mapped('app');
  await answers('app', 'Hello World v1!');
  expect((await columns(namespace, 'domainmappings')).get(app)).toMatchObject({ URL: `http://${app}`, READY: 'True' });
});

step('from zero as well: a domain is no other way in', async () => {
  const gone = async () => {
    const deployment = await kube.get(builtin.Deployment, namespace, 'hello-00001-deployment');
    expect(deployment.status?.replicas ?? 0).toBe(0);
  };
  await until('the revision has no pods', gone, { timeoutMs: 180_000, ...explained });
  expect(await answerOf(app)).toBe('Hello World v1!');
});

step('deleted, it leaves an administrator his claim', async () => {
  await kubectl(['delete', 'dm', app, '-n', namespace]);
  await until('the gateway knows it no more', async () => expect((await ask(app)).status).toBe(404), explained);
  expect((await claimOf('app'))?.spec.namespace).toBe(namespace);
  await kubectl(['delete', 'cdc', app]);
});

step('where mappings make claims, the first has the domain', async () => {
  await configure('config-network', { 'autocreate-cluster-domain-claims': 'true' });
  await apply('mapping');
  await mapped('app');
  expect((await claimOf('app'))?.spec.namespace).toBe(namespace);
  await kubectl(['create', 'namespace', other]);
  await kubectl(['apply', '-n', other, '-f', '-'], manifest('service'));
  await kubectl(['apply', '-n', other, '-f', '-'], manifest('mapping'));
  await says('app', 'DomainClaimed', { status: 'False', reason: 'DomainAlreadyClaimed', message: claimed }, other);
  await answers('app', 'Hello World v1!');
});

step('and the next has it after that', async () => {
  await kubectl(['delete', 'dm', app, '-n', namespace]);
  await mapped('app', other);
  expect((await claimOf('app'))?.spec.namespace).toBe(other);
  await answers('app', 'Hello World v1!');
});

step('what it leads to may come later', async () => {
  await apply('to-later');
  const message = `failed to get object ${namespace}/later: services.serving.knative.dev "later" not found`;
  await says('later', 'ReferenceResolved', { status: 'False', reason: 'ResolveFailed', message });
  await apply('later');
  await mapped('later');
  await answers('later', 'Hello World v2!');
});

step('a Service of Kubernetes', async () => {
  await apply('plain');
  await apply('to-plain');
  await mapped('plain');
  await answers('plain', 'Hello from a Deployment!');
});

step('anything that says where it is reached, and where it is reached next', async () => {
  await apply('gadgets');
  await kubectl(['wait', 'crd/gadgets.domain-mapping.example.org', '--for=condition=Established', '--timeout=60s']);
  await apply('gadget');
  await apply('to-gadget');
  await says('gadget', 'ReferenceResolved', { status: 'False', reason: 'ResolveFailed' });
  const leadTo = (name: string) => {
    const body = JSON.stringify({ status: { address: { url: `http://${name}.${namespace}.svc.cluster.local` } } });
    return kubectl(['patch', 'gadget', 'gadget', '-n', namespace, '--subresource=status', '--type=merge', '-p', body]);
  };
  await leadTo('later');
  await mapped('gadget');
  await answers('gadget', 'Hello World v2!');
  await leadTo('plain');
  await answers('gadget', 'Hello from a Deployment!');
});

step('deleted, mappings take their claims along', async () => {
  await kubectl(['delete', 'dm', '--all', '-n', namespace]);
  for (const name of ['later', 'plain', 'gadget']) expect(await claimOf(name)).toBeUndefined();
  const unknown = async () => {
    for (const name of ['later', 'plain', 'gadget']) expect((await ask(domain(name))).status).toBe(404);
  };
  await until('the gateway knows none of them', unknown, explained);
});
