import { lookup } from 'node:dns';
import { readFile, readFileSync } from 'node:fs';
import { ports } from '@ebb/shared/api/ports.ts';
import { announcementAudience, defaultSystemNamespace, serviceHost } from '@ebb/shared/api/system.ts';
import { unary } from './call.ts';
import { decode, encode, type Reply } from './message.ts';
import { clusterDomainOf } from './resolv.ts';

/** Where the pod's tokens are, one file an audience (contract control-plane 7.4 item 5). */
const tokens = '/var/run/secrets/tokens';
const path = '/ebb.activation.v1.Announcements/Announce';
const timeoutMs = 2_000;
/** Between two tries when there was no answer, ms; after so many the API has long told what there is to tell. */
const retriesMs = [50, 200, 1_000, 2_000];

export interface AnnounceOptions {
  env: Readonly<Record<string, string | undefined>>;
  tokenFile?: string;
  /** Where activators are; the activator's Service without. */
  activator?: { host: string; port: number };
}

export interface Announcing {
  /** Resolves when the first announcement is on its way, or when there will be none. */
  sent: Promise<void>;
  /** How it ended: the last reply, or the last error; undefined when there was nothing to announce. */
  done: Promise<Reply | Error | undefined>;
}

/**
 * Tells an activator where this pod is, as soon as it runs: the API shows that up to a second later, as the kubelet looks at
 * its pods once a second. Needs a token of audience `ebb` (config-deployment `queue-sidecar-token-audiences`) and a readiness
 * probe: without one the activator's question whether the pod serves would be answered too soon. Never rejects; nothing is
 * lost when nobody listens.
 */
export function announce({ env, tokenFile = `${tokens}/${announcementAudience}`, activator }: AnnounceOptions): Announcing {
  const token = textOf(tokenFile);
  const { SERVING_POD: pod, SERVING_POD_IP: address, SERVING_NAMESPACE: namespace, SERVING_REVISION: revision } = env;
  if (!token || !pod || !address || !namespace || !revision || !env.SERVING_READINESS_PROBE)
    return { sent: Promise.resolve(), done: Promise.resolve(undefined) };
  const message = encode({ pod, address, namespace, revision, token });
  const first = Promise.withResolvers<void>();

  async function attempt(): Promise<Reply> {
    const { host, port } = activator ?? {
      host: await addressOf(env.SYSTEM_NAMESPACE || defaultSystemNamespace),
      port: ports.announcements,
    };
    const call = unary({ host, port, authority: `activator-service:${port}`, path, message, timeoutMs });
    call.sent.then(first.resolve, first.resolve);
    return decode(await call.reply);
  }

  async function run(): Promise<Reply | Error> {
    let last: Reply | Error = new Error('not tried');
    for (const pause of [...retriesMs, 0]) {
      last = await attempt().catch((error: Error) => error);
      first.resolve();
      if (!(last instanceof Error) && (last.accepted || last.retryAfterMs === 0)) break;
      const wait = last instanceof Error ? pause : last.retryAfterMs;
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, wait).unref());
    }
    return last;
  }

  return { sent: first.promise, done: run() };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function addressOf(systemNamespace: string): Promise<string> {
  return new Promise((resolve, reject) => {
    readFile('/etc/resolv.conf', 'utf8', (_, text = '') => {
      // The dot at its end: the search path is not gone through.
      const name = `${serviceHost('activator-service', systemNamespace, clusterDomainOf(text))}.`;
      lookup(name, (error, address) => (error ? reject(error) : resolve(address)));
    });
  });
}
