import { Agent, request } from 'node:http';
import { headers, healthPath, probeValues, userAgents } from '@ebb/shared/api/headers.ts';
import type { Target } from '@ebb/shared/proxy/forward.ts';
import { hashOverride } from '../core/decide.ts';

/** A spec and the replicas that must serve it. */
export interface Wanted {
  hash: string;
  /** A host of a rule. */
  host: string;
  /** The ready replicas, at the listener that serves the rule. */
  replicas: readonly Target[];
}

export interface Prober {
  /**
   * Whether every replica has answered with the hash. Probes those that have not at once, waits a moment for them, and
   * calls `ready` with the key when a later answer completes the set. A new hash starts over.
   */
  check(key: string, wanted: Wanted): Promise<boolean>;
  /** This replica has just begun to serve it: those that did not answer rightly are asked again at once. */
  hurry(key: string): void;
  forget(key: string): void;
  close(): void;
}

interface Options {
  ready: (key: string) => void;
}

interface State {
  id: string;
  passed: Set<string>;
  probing: Map<string, AbortController>;
  waiting: (() => void)[];
  /** Ends the pauses between probes. */
  hurry: Set<() => void>;
}

/** Contract data-plane 4.2: 1 s a probe. The peer waits 50 ms before a second one; a watch event takes less. */
const probeMs = 1000;
const firstRetryMs = 20;
const lastRetryMs = 2000;
/** A replica of this cluster answers in a few milliseconds: one status write instead of two. */
const momentMs = 150;

const idOf = (t: Target): string => `${t.host} ${t.port}`;

/** Asks the gateway's replicas for the spec they serve (contract data-plane 4.2). */
export function createProber({ ready }: Options): Prober {
  const agent = new Agent({ keepAlive: true, maxSockets: 16, timeout: probeMs });
  const states = new Map<string, State>();

  const probe = (target: Target, host: string, signal: AbortSignal): Promise<string | undefined> =>
    new Promise((resolve) => {
      const sent = request(
        {
          ...target,
          agent,
          path: healthPath,
          signal: AbortSignal.any([signal, AbortSignal.timeout(probeMs)]),
          headers: { host, [headers.probe]: probeValues.network, [headers.hash]: hashOverride, 'user-agent': userAgents.ingress },
        },
        (res) => {
          res.resume().on('error', () => undefined);
          const hash = res.headers[headers.hash];
          resolve(res.statusCode === 200 && typeof hash === 'string' ? hash : undefined);
        },
      );
      sent.on('error', () => resolve(undefined)).end();
    });

  const pursue = async (key: string, state: State, target: Target, { hash, host }: Wanted): Promise<void> => {
    const controller = new AbortController();
    const { signal } = controller;
    state.probing.set(idOf(target), controller);
    for (let delay = firstRetryMs; ; ) {
      const answer = await probe(target, host, signal);
      if (signal.aborted) return;
      if (answer === hash) break;
      const hurried = await pause(state, delay);
      if (signal.aborted) return;
      delay = hurried ? firstRetryMs : Math.min(lastRetryMs, delay * 2);
    }
    state.probing.delete(idOf(target));
    state.passed.add(idOf(target));
    if (state.probing.size > 0) return;
    const { waiting } = state;
    state.waiting = [];
    if (waiting.length) for (const wake of waiting) wake();
    else ready(key);
  };

  const forget = (key: string) => {
    for (const controller of states.get(key)?.probing.values() ?? []) controller.abort();
    states.delete(key);
  };

  return {
    async check(key, wanted) {
      const id = `${wanted.hash} ${wanted.host}`;
      if (states.get(key)?.id !== id) forget(key);
      const state = states.get(key) ?? { id, passed: new Set(), probing: new Map(), waiting: [], hurry: new Set<() => void>() };
      states.set(key, state);
      const replicas = new Map(wanted.replicas.map((t) => [idOf(t), t]));
      for (const [replica, controller] of state.probing) {
        // A replica that is gone need not answer any more.
        if (replicas.has(replica)) continue;
        controller.abort();
        state.probing.delete(replica);
      }
      for (const [replica, target] of replicas) {
        if (!state.passed.has(replica) && !state.probing.has(replica)) void pursue(key, state, target, wanted);
      }
      if (state.probing.size > 0) await moment(state);
      return replicas.size > 0 && state.probing.size === 0;
    },
    hurry(key) {
      for (const end of [...(states.get(key)?.hurry ?? [])]) end();
    },
    forget,
    close() {
      for (const key of [...states.keys()]) forget(key);
      agent.destroy();
    },
  };
}

/** Resolves after `ms`, with true when it was cut short. */
function pause(state: State, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const over = (hurried: boolean) => {
      clearTimeout(timer);
      state.hurry.delete(hurry);
      resolve(hurried);
    };
    const hurry = () => over(true);
    const timer = setTimeout(() => over(false), ms);
    state.hurry.add(hurry);
  });
}

/** Resolves when the last probe passes, at most after `momentMs`. */
function moment(state: State): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      state.waiting = state.waiting.filter((w) => w !== over);
      resolve();
    };
    const timer = setTimeout(over, momentMs);
    state.waiting.push(over);
  });
}
