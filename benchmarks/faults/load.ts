import { Agent, request } from 'node:http';

/** One request: when it began, in ms since the load's start, how long it took, and what was wrong with it. */
export interface Shot {
  at: number;
  ms: number;
  failure?: string;
  /** Its connection, kept from before, was closed at that moment: it was sent once more, as clients do. */
  again?: true;
}

export interface SteadyLoad {
  readonly shots: Shot[];
  /** Ends it, and waits for what is under way. */
  stop(): Promise<void>;
}

/** A request that waits longer has failed: above a cold start, below the client's own patience. */
const patienceMs = 30_000;

/**
 * So many requests a second, whatever becomes of them: a slow answer does not slow the load down, so that no pause hides.
 * Connections are kept; one that the server closed while it was idle is not held against it.
 */
export function startLoad(to: { host: string; port: number }, virtualHost: string, rate: number): SteadyLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: 512, scheduling: 'lifo' });
  const began = performance.now();
  const shots: Shot[] = [];
  let sent = 0;
  let open = 0;
  let ended: (() => void) | undefined;
  const fire = (retried = false, since = performance.now()): void => {
    open++;
    let over = false;
    const done = (failure?: string) => {
      if (over) return;
      over = true;
      open--;
      const now = performance.now();
      shots.push({
        at: since - began,
        ms: now - since,
        ...(failure === undefined ? {} : { failure }),
        ...(retried ? { again: true } : {}),
      });
      if (open === 0) ended?.();
    };
    const req = request({ ...to, agent, path: '/', headers: { host: virtualHost } }, (res) => {
      let body = '';
      res.on('data', (chunk: Buffer) => {
        if (body.length < 200) body += chunk;
      });
      res.on('end', () => done(res.statusCode === 200 ? undefined : `${res.statusCode} ${body.trim()}`));
      res.on('error', (error) => done(`broken off: ${error.message}`));
    });
    req.setTimeout(patienceMs, () => req.destroy(new Error(`no answer within ${patienceMs / 1000} s`)));
    req.on('error', (error: NodeJS.ErrnoException) => {
      if (!retried && req.reusedSocket && error.code === 'ECONNRESET') {
        over = true;
        open--;
        fire(true, since);
      } else done(error.message);
    });
    req.end();
  };
  const timer = setInterval(() => {
    for (const due = ((performance.now() - began) / 1000) * rate; sent < due; sent++) fire();
  }, 5);
  return {
    shots,
    async stop() {
      clearInterval(timer);
      if (open > 0)
        await new Promise<void>((resolve) => {
          ended = resolve;
        });
      agent.destroy();
    },
  };
}
