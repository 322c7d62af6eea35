import { get } from 'node:http';
import { headers, probeValues, userAgents } from '@ebb/shared/api/headers.ts';

/** Where a revision answers: the address of its public Service, and the name to ask for. */
export interface ProbeTarget {
  address: string;
  port: number;
  host: string;
}

/** How long an answer is good for, ms: the way the activator got into the path takes longer to be undone. */
const answerMs = 5_000;
const timeoutMs = 1_000;

/** Keeps asking apart from reconciling: a revision on its way out must not hold up one that is woken. */
export class ActivatorProbes {
  readonly #now: () => number;
  readonly #answered: (key: string) => void;
  readonly #known = new Map<string, { running: boolean; answeredAt?: number }>();

  /** `answered`: told when the activator answered at a revision's address, so that it is looked at again. */
  constructor(now: () => number, answered: (key: string) => void) {
    this.#now = now;
    this.#answered = answered;
  }

  /** Whether the activator has just answered there; when not, asks it, at most once at a time. */
  ask(key: string, target: ProbeTarget): boolean {
    const probe = this.#known.get(key) ?? { running: false };
    this.#known.set(key, probe);
    if (probe.answeredAt !== undefined && this.#now() - probe.answeredAt < answerMs) return true;
    if (probe.running) return false;
    probe.running = true;
    void activatorAnswers(target).then((yes) => {
      probe.running = false;
      if (!yes || this.#known.get(key) !== probe) return;
      probe.answeredAt = this.#now();
      this.#answered(key);
    });
    return false;
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}

/**
 * Whether the activator answers at a revision's public Service: only then may its last pod go (contract data-plane 3.7).
 * The path has the peer's double slash.
 */
export function activatorAnswers({ address, port, host }: ProbeTarget): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = { 'user-agent': userAgents.autoscaler, [headers.probe]: probeValues.activator, host };
    const req = get({ host: address, port, path: '//healthz', timeout: timeoutMs, agent: false, headers: asked }, (res) => {
      let body = '';
      res.on('data', (c: Buffer) => {
        body += c.toString();
        if (body.length > 100) res.destroy();
      });
      res.on('end', () => resolve(res.statusCode === 200 && body === probeValues.activator));
      res.on('close', () => resolve(false));
    });
    req.on('timeout', () => req.destroy());
    req.on('error', () => resolve(false));
  });
}
