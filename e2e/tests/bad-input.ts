import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { expect } from 'vitest';
import { kube, system, tryKubectl } from './support/cluster.ts';
import { explain } from './support/explain.ts';
import { answerOf, ask } from './support/requests.ts';
import { conditionOf, failed, ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply, tryApply } = story(import.meta.url);
const host = `hello.${namespace}.localhost`;
const denied = (webhook: string, text: string) => `admission webhook "${webhook}" denied the request: validation failed: ${text}`;

/** Waits until the conditions of the revision, and what they do to its parents, are as wanted. */
function conditions(what: string, look: () => Promise<void>): Promise<void> {
  return until(what, look, { timeoutMs: 90_000, explain: () => explain(namespace) });
}

step('a field out of bounds is refused with the path and the bounds', async () => {
  const ran = await tryApply('negative-concurrency');
  expect(ran.code, ran.output).not.toBe(0);
  const text = 'expected 0 <= -1 <= 1000: spec.template.spec.containerConcurrency';
  expect(ran.output).toContain(denied('validation.webhook.serving.knative.dev', text));
});

step('traffic that does not sum to 100 is refused', async () => {
  const ran = await tryApply('short-traffic');
  expect(ran.code, ran.output).not.toBe(0);
  expect(ran.output).toContain(denied('validation.webhook.serving.knative.dev', 'Traffic targets sum to 90, want 100: spec.traffic'));
});

step('a bad config map is refused and changes nothing, a good one is taken', async () => {
  const read = async () => (await kube.get(builtin.ConfigMap, system, 'config-autoscaler')).data?.['stable-window'];
  const patch = (value: string | null) => {
    const body = JSON.stringify({ data: { 'stable-window': value } });
    return tryKubectl(['patch', 'configmap', 'config-autoscaler', '-n', system, '--type=merge', '-p', body]);
  };
  const before = await read();
  const ran = await patch('1s');
  expect(ran.code, ran.output).not.toBe(0);
  expect(ran.output).toContain(denied('config.webhook.serving.knative.dev', 'stable-window = 1s, must be in [6s; 1h0m0s] range'));
  expect(await read()).toBe(before);
  try {
    const good = await patch('1m0s');
    expect(good.code, good.output).toBe(0);
  } finally {
    await patch(before ?? null);
  }
});

step('an image that does not exist: every level says so', async () => {
  await apply('missing-image');
  await failed(namespace, 'hello');
  await conditions('the failure is told at every level', async () => {
    const revision = await kube.get(kinds.Revision, namespace, 'hello-00001');
    const configuration = await kube.get(kinds.Configuration, namespace, 'hello');
    const route = await kube.get(kinds.Route, namespace, 'hello');
    const service = await kube.get(kinds.Service, namespace, 'hello');
    const available = conditionOf(revision, 'ResourcesAvailable');
    expect(available).toMatchObject({ status: 'False', reason: expect.stringMatching(/^(ErrImagePull|ImagePullBackOff)$/) });
    expect(available.message).toContain('dev.local/ebb/missing:1');
    expect(conditionOf(revision, 'Ready')).toMatchObject({ status: 'False', reason: available.reason });
    const message = expect.stringMatching(/^Revision "hello-00001" failed with message: .*dev\.local\/ebb\/missing:1.*\.$/s);
    expect(conditionOf(configuration, 'Ready')).toMatchObject({ status: 'False', reason: 'RevisionFailed', message });
    const waiting = { status: 'False', reason: 'RevisionMissing', message: 'Configuration "hello" does not have any ready Revision.' };
    expect(conditionOf(route, 'AllTrafficAssigned')).toMatchObject(waiting);
    expect(conditionOf(service, 'ConfigurationsReady')).toMatchObject({ status: 'False', reason: 'RevisionFailed', message });
    expect(conditionOf(service, 'RoutesReady')).toMatchObject(waiting);
    expect(conditionOf(service, 'Ready').status).toBe('False');
  });
  expect((await ask(host)).status).toBe(404);
});

step('with the image corrected it becomes Ready and serves', async () => {
  await apply('good-image');
  await ready(namespace, 'hello', 'hello-00002');
  expect(await answerOf(host)).toBe('Hello World v1!');
});

step('a port nobody listens on: the revision fails at its deadline, the one before goes on serving', async () => {
  await apply('deaf-port');
  const service = await failed(namespace, 'hello');
  expect(service.status).toMatchObject({ latestCreatedRevisionName: 'hello-00003', latestReadyRevisionName: 'hello-00002' });
  await conditions('the deadline is told at every level', async () => {
    const revision = await kube.get(kinds.Revision, namespace, 'hello-00003');
    const configuration = await kube.get(kinds.Configuration, namespace, 'hello');
    const live = await kube.get(kinds.Service, namespace, 'hello');
    expect(conditionOf(revision, 'ResourcesAvailable')).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
    const message = expect.stringMatching(/^Revision "hello-00003" failed with message: /);
    expect(conditionOf(configuration, 'Ready')).toMatchObject({ status: 'False', reason: 'RevisionFailed', message });
    expect(conditionOf(live, 'ConfigurationsReady')).toMatchObject({ status: 'False', reason: 'RevisionFailed' });
    expect(conditionOf(live, 'RoutesReady').status).toBe('True');
  });
  expect(await answerOf(host)).toBe('Hello World v1!');
});

step('with the port corrected the new revision takes over', async () => {
  await apply('good-port');
  await ready(namespace, 'hello', 'hello-00004');
  expect(await answerOf(host)).toBe('Hello World v2!');
});
