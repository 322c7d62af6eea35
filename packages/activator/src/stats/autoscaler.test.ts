import { cleanUp, closedPort, onCleanUp } from '@ebb/shared/testing/http.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { afterEach, describe, expect, test } from 'vitest';
import { Receiver } from '../testing.ts';
import { Autoscaler } from './autoscaler.ts';
import { Reporter } from './reporter.ts';

afterEach(cleanUp);

function reporting(port: number): { autoscaler: Autoscaler; reporter: Reporter } {
  const autoscaler = new Autoscaler({ address: `127.0.0.1:${port}`, onReady: () => reporter.catchUp(), onLost: () => undefined });
  const reporter = new Reporter({ podName: 'activator-1', clock: { now: () => Date.now() }, send: (m) => autoscaler.send(m) });
  onCleanUp(() => {
    reporter.stop();
    autoscaler.close();
  });
  return { autoscaler, reporter };
}

describe('reporting to the autoscaler', () => {
  test('a first request is told at once and taken off the next report; later reports say what there is', async () => {
    const receiver = await new Receiver().start();
    const { autoscaler, reporter } = reporting(receiver.port);
    await until(() => autoscaler.reachable);
    reporter.arrive('default/hello');
    await until(() => receiver.heard.length === 1);
    expect(receiver.heard[0]).toMatchObject({
      namespace: 'default',
      name: 'hello',
      stat: { podName: 'activator-1', averageConcurrentRequests: 1, requestCount: 1, processUptime: 0, timestamp: 0 },
    });
    await until(() => receiver.heard.length >= 3);
    expect(receiver.concurrencies('hello').slice(0, 3)).toEqual([1, 0, 1]);
  });

  test('a jump is told before the next report, and is no part of it', async () => {
    const receiver = await new Receiver().start();
    const { autoscaler, reporter } = reporting(receiver.port);
    await until(() => autoscaler.reachable);
    for (let i = 0; i < 30; i++) reporter.arrive('default/hello');
    await until(() => receiver.heard.some((m) => m.stat?.currentConcurrentRequests !== undefined));
    const [jump] = receiver.heard.filter((m) => m.stat?.currentConcurrentRequests !== undefined);
    expect(jump?.stat).toMatchObject({ averageConcurrentRequests: 0, requestCount: 0 });
    // A mean over a moment that began with the first of them.
    expect(jump?.stat?.currentConcurrentRequests).toBeGreaterThan(3);
    expect(jump?.stat?.currentConcurrentRequests).toBeLessThanOrEqual(30);
  });

  test('without an autoscaler requests only count; it is told of them when it comes', async () => {
    const port = await closedPort();
    const { autoscaler, reporter } = reporting(port);
    reporter.arrive('default/hello');
    expect(reporter.poke('default/hello')).toBe(false);
    const receiver = await new Receiver().start(port);
    await until(() => receiver.heard.length > 0);
    expect(autoscaler.reachable).toBe(true);
    expect(receiver.concurrencies('hello')[0]).toBe(1);
  });

  test('comes back when the stream breaks', async () => {
    const first = await new Receiver().start();
    const { autoscaler, reporter } = reporting(first.port);
    reporter.arrive('default/hello');
    await until(() => first.heard.length > 0);
    first.stop();
    await until(() => !autoscaler.reachable);
    const second = await new Receiver().start(first.port);
    await until(() => second.concurrencies('hello').length > 0);
  });

  test('goes to the owner of the bucket, and back to the Service when that is gone', async () => {
    const owner = await new Receiver().start();
    const service = new Receiver();
    service.owners = { 'autoscaler-bucket-00-of-01': `127.0.0.1:${owner.port}` };
    await service.start();
    const { reporter } = reporting(service.port);
    reporter.arrive('default/hello');
    await until(() => owner.heard.length > 0);
    owner.stop();
    const before = service.heard.length;
    await until(() => service.heard.length > before);
    service.announce({});
  });
});
