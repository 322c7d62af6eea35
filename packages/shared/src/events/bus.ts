import { randomUUID } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../telemetry/log.ts';
import { type EbbEvent, type EventBus, type EventType, eventTypes } from './types.ts';

const stream = 'EBB_EVENTS';
const prefix = 'ebb.events';
/** Two days and 256 MiB of history: enough to explain yesterday, bounded on a small volume. */
const retention = { max_age: 48 * 3600 * 1e9, max_bytes: 256 * 1024 * 1024 };

interface Options {
  component: string;
  /** Servers, comma separated; '' is no bus at all. */
  url: string;
  log: Logger;
}

const token = (text: string): string => text.replace(/[.*>\s]/g, '_') || '_';

function subjectOf(component: string, event: EbbEvent): string {
  return [prefix, component, event.type.replace('.', '-'), token(event.namespace), token(event.name)].join('.');
}

/**
 * The event bus over NATS. Comes back at once, connects in the background and for ever: a component starts and works
 * without NATS. Stored events go to a JetStream stream with a size and an age limit.
 */
export function connectEvents({ component, url, log }: Options): EventBus {
  let nc: NatsConnection | undefined;
  let closed = false;
  let dropped = 0;
  /** The server is there and has our subscriptions. */
  let subscribed = false;
  const subscriptions: { type: EventType; handler: Parameters<EventBus['subscribe']>[1]; stop?: () => void }[] = [];

  const envelope = (event: EbbEvent): string =>
    JSON.stringify({
      specversion: '1.0',
      id: randomUUID(),
      source: `/ebb/${component}`,
      type: `dev.ebb.${event.type}`,
      subject: `${event.namespace}/${event.name}`,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data: event.data,
    });

  const attach = (s: (typeof subscriptions)[number]) => {
    if (!nc) return;
    const sub = nc.subscribe(`${prefix}.*.${s.type.replace('.', '-')}.>`, {
      callback: (error, msg) => {
        if (error) return;
        try {
          const { subject, data } = msg.json<{ subject: string; data: Record<string, unknown> }>();
          const slash = subject.indexOf('/');
          const event = { type: s.type, namespace: subject.slice(0, slash), name: subject.slice(slash + 1), data };
          Promise.resolve(s.handler(event))
            .then((reply) => reply && msg.reply && msg.respond(JSON.stringify(reply)))
            .catch((e: Error) => log.warn({ err: e.message, type: s.type }, 'an event handler failed'));
        } catch (e) {
          log.debug({ err: (e as Error).message }, 'not an event');
        }
      },
    });
    s.stop = () => sub.unsubscribe();
  };

  const ensureStream = async (connection: NatsConnection): Promise<void> => {
    const stored = Object.entries(eventTypes).filter(([, t]) => t.stored);
    const subjects = stored.map(([type]) => `${prefix}.*.${type.replace('.', '-')}.>`);
    const config = { name: stream, subjects, ...retention };
    try {
      const manager = await jetstreamManager(connection, { timeout: 3000 });
      await manager.streams.update(stream, config).catch(() => manager.streams.add(config));
    } catch (error) {
      log.warn({ err: (error as Error).message }, 'no event stream: events are sent but not kept');
    }
  };

  /** The server answers a flush after it has taken the subscriptions before it. */
  const confirm = async (connection: NatsConnection): Promise<void> => {
    const taken = await connection.flush().then(
      () => true,
      () => false,
    );
    subscribed ||= taken;
  };
  const followStatus = async (connection: NatsConnection): Promise<void> => {
    for await (const s of connection.status()) {
      if (s.type === 'disconnect' || s.type === 'staleConnection') subscribed = false;
      if (s.type !== 'reconnect') continue;
      void confirm(connection);
      // A server that came back with an empty disk has no stream.
      void ensureStream(connection);
    }
  };
  const connected = (): boolean => nc !== undefined && !nc.isClosed() && subscribed;

  const run = async (): Promise<void> => {
    while (!closed && url !== '') {
      try {
        const options = {
          servers: url.split(','),
          name: `ebb-${component}`,
          maxReconnectAttempts: -1,
          reconnectTimeWait: 250,
          timeout: 3000,
        };
        nc = await connect(options);
        if (closed) await nc.close();
        void followStatus(nc);
        log.info({ server: nc.getServer() }, 'connected to NATS');
        for (const s of subscriptions) attach(s);
        await confirm(nc);
        void ensureStream(nc);
        await nc.closed();
        subscribed = false;
        nc = undefined;
      } catch (error) {
        nc = undefined;
        log.debug({ err: (error as Error).message }, 'NATS cannot be reached; trying again');
        await new Promise((resolve) => setTimeout(resolve, 1000).unref());
      }
    }
  };
  void run();

  return {
    publish(event) {
      if (!connected()) {
        dropped++;
        if (dropped % 1000 === 1) log.debug({ dropped }, 'events dropped: NATS is not connected');
        return;
      }
      try {
        nc?.publish(subjectOf(component, event), envelope(event));
      } catch {
        dropped++;
      }
    },
    async request(event, timeoutMs) {
      if (!connected() || !nc) throw new Error('NATS is not connected');
      const reply = await nc.request(subjectOf(component, event), envelope(event), { timeout: timeoutMs });
      return reply.json<Record<string, unknown>>();
    },
    subscribe(type, handler) {
      const s: (typeof subscriptions)[number] = { type, handler };
      subscriptions.push(s);
      attach(s);
      return () => {
        s.stop?.();
        subscriptions.splice(subscriptions.indexOf(s), 1);
      };
    },
    connected,
    async close() {
      closed = true;
      // A drain waits for the server, which may be gone.
      const drained = subscribed ? nc?.drain().catch(() => undefined) : undefined;
      await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
      await nc?.close();
    },
  };
}
