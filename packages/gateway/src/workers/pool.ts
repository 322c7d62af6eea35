import { type ChildProcess, fork } from 'node:child_process';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { Agreement } from './agreement.ts';
import { type Cluster, cacheNames, type ToMain, type ToWorker } from './messages.ts';
import { Scrapes } from './scrapes.ts';

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
  /** The metrics of all there were, as Prometheus texts. */
  metrics(): Promise<string[]>;
  /** Resolves when all have finished what was under way and are gone. */
  drain(): Promise<void>;
}

interface Worker {
  child: ChildProcess;
  /** performance.now when it began to listen. */
  listeningSince?: number;
  /** Pings without an answer. */
  unanswered: number;
  gone: Promise<void>;
}

/** A worker that ends is replaced after this; twice as long after each that has not listened for `steadyMs`. */
const firstRestartMs = 100;
const lastRestartMs = 10_000;
const steadyMs = 60_000;
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
  const scrapes = new Scrapes<Worker>((worker) => tell(worker, { type: 'metrics' }));
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
    const worker: Worker = { child, unanswered: 0, gone };
    workers.add(worker);
    scrapes.came(worker);
    const unfeed = feed(worker);
    child.on('message', (message: ToMain) => {
      switch (message.type) {
        case 'serves': {
          // It may not have heard yet that the Ingress was deleted.
          const [namespace = '', name = ''] = message.ingress.split('/');
          if (cluster.ingresses.get(namespace, name)) agreement.serves(worker, message.ingress, message.hash);
          return;
        }
        case 'listening':
          worker.listeningSince = performance.now();
          agreement.listens(worker);
          isListening();
          return;
        case 'pong':
          worker.unanswered = 0;
          return;
        case 'metrics':
          scrapes.answered(worker, message.text);
      }
    });
    const over = (how: string) => {
      if (!workers.delete(worker)) return;
      unfeed();
      agreement.left(worker);
      scrapes.left(worker);
      isGone();
      failed(new Error(`worker ${child.pid} ended: ${how}`));
      const { listeningSince } = worker;
      if (listeningSince === undefined) return;
      if (performance.now() - listeningSince >= steadyMs) restartMs = firstRestartMs;
      replace(how);
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
      open().catch((error: Error) => replace(error.message));
    }, restartMs);
    timers.add(timer);
    restartMs = Math.min(lastRestartMs, restartMs * 2);
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
    listening: () => [...workers].filter((w) => w.listeningSince !== undefined).length,
    metrics: () => scrapes.all(),
    drain() {
      for (const worker of workers) tell(worker, { type: 'drain' });
      return end();
    },
  };
}
