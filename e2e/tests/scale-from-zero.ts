import { builtin } from '@ebb/shared/api/builtin.ts';
import { expect } from 'vitest';
import { kube, kubectl } from './support/cluster.ts';
import { columns } from './support/columns.ts';
import { explain } from './support/explain.ts';
import { answerOf, ask, steadily } from './support/requests.ts';
import { hostOf, pods, ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply } = story(import.meta.url);
const host = `hello.${namespace}.localhost`;
const types = 'ksvc,configurations,revisions,routes,pa,sks,king,deployments';

/** Waits until `kubectl get` prints these cells; others are not looked at. */
function printed(what: string, wanted: Record<string, Record<string, string>>): Promise<void> {
  const look = async () => {
    const all = await columns(namespace, types);
    for (const [name, cells] of Object.entries(wanted)) expect(all.get(name), name).toMatchObject(cells);
  };
  return until(`kubectl get ${types} prints ${what}`, look, { timeoutMs: 120_000, explain: () => explain(namespace) });
}

const yes = { READY: 'True', REASON: '' };
const latest = { LATESTCREATED: 'hello-00001', LATESTREADY: 'hello-00001', ...yes };
const url = `http://${host}`;
const always = {
  'service.serving.knative.dev/hello': { URL: url, ...latest },
  'configuration.serving.knative.dev/hello': latest,
  'route.serving.knative.dev/hello': { URL: url, ...yes },
  'ingress.networking.internal.knative.dev/hello': yes,
};
const revision = { 'CONFIG NAME': 'hello', GENERATION: '1', ...yes };
const services = { SERVICENAME: 'hello-00001', PRIVATESERVICENAME: 'hello-00001-private', ...yes };
const one = {
  ...always,
  'revision.serving.knative.dev/hello-00001': { ...revision, 'ACTUAL REPLICAS': '1', 'DESIRED REPLICAS': '1' },
  'podautoscaler.autoscaling.internal.knative.dev/hello-00001': { DESIREDSCALE: '1', ACTUALSCALE: '1', ...yes },
  // 100 of concurrency against a burst capacity of 211: the activators stay in the path, ceil((100 + 211) / 100) of them.
  'serverlessservice.networking.internal.knative.dev/hello-00001': { MODE: 'Proxy', ACTIVATORS: '4', ...services },
  'deployment.apps/hello-00001-deployment': { READY: '1/1' },
};
const zero = {
  ...always,
  'revision.serving.knative.dev/hello-00001': { ...revision, 'ACTUAL REPLICAS': '0', 'DESIRED REPLICAS': '0' },
  'podautoscaler.autoscaling.internal.knative.dev/hello-00001': {
    DESIREDSCALE: '0',
    ACTUALSCALE: '0',
    READY: 'False',
    REASON: 'NoTraffic',
  },
  // Activators alone are no healthy backend: Unknown, as with the Go original.
  'serverlessservice.networking.internal.knative.dev/hello-00001': {
    MODE: 'Proxy',
    ACTIVATORS: '3',
    ...services,
    READY: 'Unknown',
    REASON: 'NoHealthyBackends',
  },
  'deployment.apps/hello-00001-deployment': { READY: '0/0' },
};

let warm: ReturnType<typeof steadily>;

step('an applied Service becomes Ready and has its URL', async () => {
  await apply('hello');
  const service = await ready(namespace, 'hello', 'hello-00001');
  expect(hostOf(service)).toBe(host);
  expect(service.status?.address?.url).toBe(`http://hello.${namespace}.svc.cluster.local`);
});

step('its children are there, in the columns and under the names people know', async () => {
  // Requests keep it from going idle until all has been looked at.
  warm = steadily(host, 500);
  await printed('one replica', one);
});

step('what happened is told in events', async () => {
  const told = async () => {
    const { items } = await kube.list(builtin.Event, { namespace });
    const messages = items.map((e) => `${e.type} ${e.reason} ${e.message}`);
    expect(messages).toEqual(
      expect.arrayContaining([
        'Normal Created Created Configuration "hello"',
        'Normal Created Created Route "hello"',
        'Normal Created Created Revision "hello-00001"',
        'Normal RevisionReady Revision becomes ready upon all resources being ready',
      ]),
    );
  };
  await until('the events are there', told);
});

step('requests are answered while it is warm', async () => {
  expect(await answerOf(host)).toBe('Hello Ebb!');
  expect(await answerOf(host, { path: '/env' })).toContain('hello-00001');
  const tally = await warm.stop();
  expect(tally.failures).toEqual([]);
});

step('idle for its window, it goes to zero pods', async () => {
  await printed('no replica', zero);
  await pods(namespace, 'hello', 0);
});

step('a request at zero is held, answered, and leaves one pod', async () => {
  const answer = await ask(host);
  expect(answer, JSON.stringify(answer)).toMatchObject({ status: 200, body: expect.stringMatching(/^Hello Ebb!\s*$/) });
  warm = steadily(host, 500);
  const scaled = async () => {
    await pods(namespace, 'hello', 1);
    await printed('one replica', one);
    return kubectl(['get', 'deployment', 'hello-00001-deployment', '-n', namespace, '-o', 'jsonpath={.spec.replicas}']);
  };
  expect(await scaled().finally(() => warm.stop())).toBe('1');
  expect(warm.tally.failures).toEqual([]);
});
