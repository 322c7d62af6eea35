import { kinds } from '@ebb/shared/api/kinds.ts';
import { expect } from 'vitest';
import { kube } from './support/cluster.ts';
import { explain } from './support/explain.ts';
import { conditionOf, failed, ready } from './support/services.ts';
import { story } from './support/story.ts';
import { until } from './support/until.ts';

const { namespace, step, apply } = story(import.meta.url);

/** Waits until a condition of the first revision is False for a reason, and until its parents say the same. */
async function tells(name: string, type: string, reason: string, message: RegExp): Promise<void> {
  await failed(namespace, name);
  const look = async () => {
    const revision = await kube.get(kinds.Revision, namespace, `${name}-00001`);
    expect(conditionOf(revision, type)).toMatchObject({ status: 'False', reason, message: expect.stringMatching(message) });
    expect(conditionOf(revision, 'Ready').status).toBe('False');
    const configuration = conditionOf(await kube.get(kinds.Configuration, namespace, name), 'Ready');
    expect(configuration).toMatchObject({ status: 'False', reason: 'RevisionFailed', message: expect.stringMatching(message) });
    expect(configuration.message).toMatch(new RegExp(`^Revision "${name}-00001" failed with message: `));
    const service = await kube.get(kinds.Service, namespace, name);
    expect(conditionOf(service, 'ConfigurationsReady')).toMatchObject({ status: 'False', reason: 'RevisionFailed' });
    expect(conditionOf(service, 'RoutesReady')).toMatchObject({ status: 'False', reason: 'RevisionMissing' });
  };
  await until(`${type} of ${name} is False: ${reason}`, look, { timeoutMs: 90_000, explain: () => explain(namespace) });
}

step('a program that cannot be started: its exit code and the reason', async () => {
  await apply('crash');
  await tells('crash', 'ContainerHealthy', 'ExitCode128', /Container failed with: .*no-such-program/s);
});

step('a pod that fits on no node', async () => {
  await apply('huge');
  await tells('huge', 'ResourcesAvailable', 'Unschedulable', /Insufficient cpu/);
});

step('the next revision fits, and the Service recovers', async () => {
  await apply('small');
  await ready(namespace, 'huge', 'huge-00002');
});

step('an image of a registry that does not answer: before anything is deployed', async () => {
  await apply('lost');
  await tells(
    'lost',
    'ContainerHealthy',
    'ContainerMissing',
    /^.*Unable to fetch image "127\.0\.0\.1:9\/ebb\/missing:1\.0\.0": failed to resolve image to digest: /,
  );
});

step('no room in the quota of the namespace', async () => {
  await apply('quota');
  await apply('too-much');
  await tells('much', 'ResourcesAvailable', 'FailedCreate', /is forbidden: exceeded quota: small/);
});
