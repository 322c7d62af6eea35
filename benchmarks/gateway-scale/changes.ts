import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { headers, probeValues } from '@ebb/shared/api/headers.ts';
import { type Ingress, kinds } from '@ebb/shared/api/kinds.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { specHash } from '../../packages/gateway/src/core/fingerprint.ts';
import { namespace } from '../gateway/world.ts';

const agent = new Agent({ keepAlive: true });

/** The hash of what the gateway at `port` serves for a host; undefined when it is not ready for it. */
function servedHash(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const asked = { host, [headers.probe]: probeValues.network, [headers.hash]: 'override' };
    const req = request({ host: '127.0.0.1', port, agent, headers: asked }, (res) => {
      res.resume().on('end', () => resolve(res.statusCode === 200 ? String(res.headers[headers.hash]) : undefined));
    });
    req.on('error', reject).end();
  });
}

/** Changes the spec of an Ingress: one header of its paths, to `value`. Resolves to the object as it is stored. */
export function change(client: KubeClient, before: Ingress, value: string): Promise<Ingress> {
  const rules = (before.spec.rules ?? []).map((rule) => ({
    ...rule,
    http: { paths: (rule.http?.paths ?? []).map((path) => ({ ...path, appendHeaders: { 'X-Change': value } })) },
  }));
  return client.patch(kinds.Ingress, namespace, before.metadata.name, 'merge', { spec: { rules } });
}

/** Milliseconds from sending a change until the API server has answered, and until the gateway serves it. */
export interface Followed {
  stored: number;
  served: number;
}

/** Changes one Ingress and follows that to the gateway at `port`. */
export async function changeUntilServed(client: KubeClient, ingress: Ingress, value: string, port: number): Promise<Followed> {
  const host = ingress.spec.rules?.[0]?.hosts?.[0] ?? '';
  const began = performance.now();
  const hash = specHash(await change(client, ingress, value));
  const stored = performance.now() - began;
  while ((await servedHash(port, host)) !== hash) {
    if (performance.now() - began > 30_000) throw new Error(`${host}: the change is not served after 30 s`);
    await sleep(1);
  }
  return { stored, served: performance.now() - began };
}

/** So many changes a second, all Ingresses in turn, until the signal. One in `everyNth` is followed until it is served. */
export async function keepChanging(
  client: KubeClient,
  ingresses: readonly Ingress[],
  o: { perSecond: number; everyNth: number; port: number; until: AbortSignal },
): Promise<{ perSecond: number; followed: Followed[] }> {
  const followed: Followed[] = [];
  const underWay = new Set<Promise<void>>();
  const began = performance.now();
  let sent = 0;
  while (!o.until.aborted) {
    for (const due = ((performance.now() - began) / 1000) * o.perSecond; sent < due && underWay.size < 200; sent++) {
      const ingress = ingresses[sent % ingresses.length]!;
      const value = `${sent}`;
      const done =
        sent % o.everyNth === 0
          ? changeUntilServed(client, ingress, value, o.port).then((f) => void followed.push(f))
          : change(client, ingress, value).then(() => undefined);
      const mine = done.finally(() => underWay.delete(mine));
      underWay.add(mine);
    }
    await sleep(5);
  }
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(underWay);
  return { perSecond: sent / seconds, followed };
}
