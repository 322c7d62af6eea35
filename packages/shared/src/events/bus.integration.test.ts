import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../telemetry/log.ts';
import { type TestNats, testNats } from '../testing/nats.ts';
import { until } from '../testing/until.ts';
import { connectEvents } from './bus.ts';
import type { EbbEvent, EventBus, EventType } from './types.ts';

const log = createLogger('test', 'silent');
let nats: TestNats;
let buses: EventBus[] = [];

beforeEach(async () => {
  nats = await testNats();
});
afterEach(async () => {
  await Promise.all(buses.map((b) => b.close()));
  buses = [];
  await nats.stop();
});

function bus(component: string): EventBus {
  const made = connectEvents({ component, url: nats.url, log });
  buses.push(made);
  return made;
}
const event = (type: EventType, data: Record<string, unknown> = {}, name = 'hello-00001'): EbbEvent => ({
  type,
  namespace: 'default',
  name,
  data,
});
/** What a bus hears of a type. */
function heard(of: EventBus, type: EventType): EbbEvent[] {
  const list: EbbEvent[] = [];
  of.subscribe(type, async (e) => {
    list.push(e);
    return undefined;
  });
  return list;
}

/** The stream of events as the server has it. */
async function stored(): Promise<{ messages: number; last?: Record<string, unknown>; config: Record<string, unknown> }> {
  const nc = await connect({ servers: nats.url });
  try {
    const manager = await jetstreamManager(nc);
    const { state, config } = await manager.streams.info('EBB_EVENTS');
    const last = state.messages ? await manager.streams.getMessage('EBB_EVENTS', { seq: state.last_seq }) : undefined;
    return { messages: state.messages, last: last?.json(), config: config as unknown as Record<string, unknown> };
  } finally {
    await nc.close();
  }
}

test('an event reaches the other components that asked for its type, with its data', async () => {
  await nats.start();
  const [from, to] = [bus('autoscaler'), bus('activator')];
  const scaled = heard(to, 'revision.scaled');
  const ready = heard(to, 'revision.ready');
  await until(() => from.connected() && to.connected());
  // A name with dots must not break the subject.
  from.publish(event('revision.scaled', { from: 0, to: 1 }, 'a.b'));
  await until(() => expect(scaled).toEqual([event('revision.scaled', { from: 0, to: 1 }, 'a.b')]));
  expect(ready).toEqual([]);
});

test('stored events are CloudEvents in a stream with a size and an age limit; wakes are not stored', async () => {
  await nats.start();
  const one = bus('controller');
  await until(async () => (await stored()).config.name === 'EBB_EVENTS');
  one.publish(event('revision.wake'));
  one.publish(event('revision.ready', { a: 1 }));
  const { last, config } = await until(async () => {
    const s = await stored();
    expect(s.messages).toBe(1);
    return s;
  });
  expect(config).toMatchObject({ max_bytes: 256 * 1024 * 1024, max_age: 48 * 3600 * 1e9 });
  expect(last).toEqual({
    specversion: '1.0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    source: '/ebb/controller',
    type: 'dev.ebb.revision.ready',
    subject: 'default/hello-00001',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    datacontenttype: 'application/json',
    data: { a: 1 },
  });
});

test('a request is answered by the one that knows; without anybody it fails within its time', async () => {
  await nats.start();
  const [asking, knowing, ignorant] = [bus('activator'), bus('autoscaler'), bus('autoscaler')];
  await until(() => buses.every((b) => b.connected()));
  await expect(asking.request(event('revision.wake'), 500)).rejects.toThrow();
  ignorant.subscribe('revision.wake', async () => undefined);
  const stop = knowing.subscribe('revision.wake', async (e) => ({ owner: `mine: ${e.namespace}/${e.name}` }));
  await until(async () => expect(await asking.request(event('revision.wake'), 500)).toEqual({ owner: 'mine: default/hello-00001' }));
  stop();
  await until(() => expect(asking.request(event('revision.wake'), 200)).rejects.toThrow());
});

test('without a server publishing drops, asking fails at once, and all connects when the server comes', async () => {
  const [from, to] = [bus('activator'), bus('autoscaler')];
  const woken = heard(to, 'revision.wake');
  expect(from.connected()).toBe(false);
  from.publish(event('revision.wake', { lost: true }));
  await expect(from.request(event('revision.wake'), 60_000)).rejects.toThrow('NATS is not connected');
  await nats.start();
  await until(() => from.connected() && to.connected());
  from.publish(event('revision.wake', { lost: false }));
  await until(() => expect(woken).toEqual([event('revision.wake', { lost: false })]));
});

test('a server that crashed and came back with an empty disk is used again, subscriptions and stream included', async () => {
  await nats.start();
  const [from, to] = [bus('controller'), bus('activator')];
  const ready = heard(to, 'revision.ready');
  await until(() => from.connected() && to.connected());
  await nats.kill();
  await until(() => !from.connected() && !to.connected());
  from.publish(event('revision.ready', { during: 'the outage' }));
  nats.wipe();
  await nats.start();
  await until(() => from.connected() && to.connected());
  await until(async () => (await stored()).config.name === 'EBB_EVENTS');
  from.publish(event('revision.ready', { during: 'good times' }));
  await until(() => expect(ready).toEqual([event('revision.ready', { during: 'good times' })]));
  expect((await stored()).messages).toBe(1);
});

test('closing does not wait for a server that is gone', async () => {
  await nats.start();
  const one = bus('controller');
  await until(() => one.connected());
  await nats.kill();
  await one.close();
  expect(one.connected()).toBe(false);
});
