import { type ChildProcess, fork } from 'node:child_process';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { Agreement } from './agreement.ts';
import { type Cluster, cacheNames, type ToMain, type ToWorker } from './messages.ts';

interface Options {
  count: number;
  cluster: Cluster;
  log: Logger;
  /** All workers serve the same spec of an Ingress (`namespace/name`) now. */
  agreed: (ingress: string) => void;
  /** Starts the process of a worker. */
  start?: () => ChildProcess;
}

/** The processes that serve, beside the one that knows the cluster. */
export interface Workers {
  /** How many listen. */
  listening(): number;
  /** The metrics of each that answers, as Prometheus text. */
  metrics(): Promise<string[]>;
  /** Resolves when all have finished what was under way and are gone. */
  drain(): Promise<void>;
}

interface Worker {
  child: ChildProcess;
  listening: boolean;
  /** Pings without an answer. */
  unanswered: number;
  /** Scrapes that wait for its answer. */
  asked: Map<number, (text: string | undefined) => void>;
  gone: Promise<void>;
}

/** A worker that ends is replaced after this; twice as long after each that did not come to listen. */
const firstRestartMs = 100;
const lastRestartMs = 10_000;
const scrapeMs = 2000;
/** One that stands still holds its share of the connections: after this many pings in a row it is killed, and replaced. */
const pingMs = 5000;
const patientPings = 4;

const forked = (): ChildProcess => fork(process.argv[1] ?? '', ['worker'], { execArgv: process.execArgv });

/**
 * Starts the workers and resolves when all listen; rejects when one cannot. Each has a copy of what it serves by, told
 * change by change. One that ends later is replaced: it takes its own connections along and nothing else.
 */
export async function startWorkers({ count, cluster, log, agreed, start = forked }: Options): Promise<Workers> {
  const workers = new Set<Worker>();
  const agreement = new Agreement<Worker>((ingress, hash) => {
    for (const worker of workers) tell(worker, { type: 'agreed', ingress, hash });
    if (hash !== undefined) agreed(ingress);
  });
  let stopping = false;
  let restartMs = firstRestartMs;
  let scrapes = 0;
  const timers = new Set<NodeJS.Timeout>();

  function tell({ child }: Worker, message: ToWorker): void {
    // A worker that is going hears no more of it: what becomes of that is seen when it is gone.
    if (child.connected) child.send(message, () => undefined);
  }

  /** Tells a worker what there is, and from then on what changes. Returns the way to stop. */
  function feed(worker: Worker): () => void {
    const ends = cacheNames.map((cache) =>
      cluster[cache].onChange(({ before, after }) => {
        if (after) tell(worker, { type: 'changed', cache, object: after });
        else if (before) tell(worker, { type: 'gone', cache, namespace: before.metadata.namespace ?? '', name: before.metadata.name });
      }),
    );
    for (const [ingress, hash] of agreement.all) tell(worker, { type: 'agreed', ingress, hash });
    tell(worker, { type: 'listed' });
    return () => {
      for (const end of ends) end();
    };
  }

  /** Resolves when it listens; rejects when it ends before. */
  function open(): Promise<void> {
    const child = start();
    const { promise: gone, resolve: isGone } = Promise.withResolvers<void>();
    const { promise: listens, resolve: isListening, reject: failed } = Promise.withResolvers<void>();
    const worker: Worker = { child, listening: false, unanswered: 0, asked: new Map(), gone };
    workers.add(worker);
    const unfeed = feed(worker);
    child.on('message', (message: ToMain) => {
      switch (message.type) {
        case 'serves':
          agreement.serves(worker, message.ingress, message.hash);
          return;
        case 'listening':
          worker.listening = true;
          restartMs = firstRestartMs;
          agreement.listens(worker);
          isListening();
          return;
        case 'pong':
          worker.unanswered = 0;
          return;
        case 'metrics':
          worker.asked.get(message.id)?.(message.text);
      }
    });
    const over = (how: string) => {
      if (!workers.delete(worker)) return;
      unfeed();
      agreement.left(worker);
      for (const answered of worker.asked.values()) answered(undefined);
      isGone();
      failed(new Error(`worker ${child.pid} ended: ${how}`));
      if (worker.listening) replace(how);
    };
    child.on('error', (error) => over(error.message));
    child.on('exit', (code, signal) => over(signal ?? `exit code ${code}`));
    return listens;
  }

  function replace(how: string): void {
    if (stopping) return;
    log.error({ how, afterMs: restartMs }, 'a worker ended; another one takes its place');
    const timer = setTimeout(() => {
      timers.delete(timer);
      open().catch((error: Error) => {
        restartMs = Math.min(lastRestartMs, restartMs * 2);
        replace(error.message);
      });
    }, restartMs);
    timers.add(timer);
  }

  const unwatch = cluster.ingresses.onChange(({ before, after }) => {
    if (!after && before) agreement.gone(`${before.metadata.namespace}/${before.metadata.name}`);
  });
  const pinging = setInterval(() => {
    for (const worker of workers) {
      if (worker.unanswered++ < patientPings) tell(worker, { type: 'ping' });
      else worker.child.kill('SIGKILL');
    }
  }, pingMs);
  const end = async () => {
    stopping = true;
    unwatch();
    clearInterval(pinging);
    for (const timer of timers) clearTimeout(timer);
    await Promise.all([...workers].map(({ gone }) => gone));
  };

  try {
    await Promise.all(Array.from({ length: count }, open));
  } catch (error) {
    for (const { child } of workers) child.kill('SIGKILL');
    await end();
    throw error;
  }
  return {
    listening: () => [...workers].filter((w) => w.listening).length,
    async metrics() {
      const one = (worker: Worker): Promise<string | undefined> =>
        new Promise((resolve) => {
          const id = scrapes++;
          const answered = (text: string | undefined) => {
            clearTimeout(late);
            worker.asked.delete(id);
            resolve(text);
          };
          const late = setTimeout(answered, scrapeMs, undefined);
          worker.asked.set(id, answered);
          tell(worker, { type: 'metrics', id });
        });
      return (await Promise.all([...workers].map(one))).filter((text) => text !== undefined);
    },
    drain() {
      for (const worker of workers) tell(worker, { type: 'drain' });
      return end();
    },
  };
}
