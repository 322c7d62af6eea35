import { setTimeout as sleep } from 'node:timers/promises';
import { builtin, type EndpointSlice, type KubeService } from '@ebb/shared/api/builtin.ts';
import { isAlreadyExists, type KubeClient } from '@ebb/shared/kube/client.ts';
import type { Elector } from '@ebb/shared/kube/leases.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';

const retryMs = 100;
const tries = 30;

interface Owner {
  namespace: string;
  bucket: string;
  ip: string;
  /** Where it takes stats. */
  port: number;
}

/** The Service of a bucket: without a selector, since only one replica stands behind it (contract data-plane 3.12). */
const bucketService = ({ namespace, bucket, port }: Owner): KubeService => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: bucket, namespace },
  spec: { ports: [{ name: 'http', port, targetPort: port }] },
});

/** Its EndpointSlice: the owner. */
const bucketSlice = ({ namespace, bucket, ip, port }: Owner): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: bucket, namespace, labels: { 'kubernetes.io/service-name': bucket } },
  addressType: ip.includes(':') ? 'IPv6' : 'IPv4',
  endpoints: [{ addresses: [ip], conditions: { ready: true, serving: true, terminating: false } }],
  ports: [{ name: 'http', port, protocol: 'TCP' }],
});

async function publish(client: KubeClient, owner: Owner): Promise<void> {
  const unlessThere = (error: unknown): undefined => {
    if (!isAlreadyExists(error)) throw error;
  };
  await client.create(builtin.Service, bucketService(owner)).catch(unlessThere);
  const slice = bucketSlice(owner);
  if (await client.create(builtin.EndpointSlice, slice).catch(unlessThere)) return;
  const there = await client.get(builtin.EndpointSlice, owner.namespace, owner.bucket);
  const { addressType, endpoints, ports } = slice;
  await client.update(builtin.EndpointSlice, { ...there, addressType, endpoints, ports });
}

interface Options extends Pick<Owner, 'namespace' | 'ip' | 'port'> {
  client: KubeClient;
  elector: Elector;
  buckets: readonly string[];
  log: Logger;
}

/**
 * Keeps a Service for each bucket this replica owns, by the name of its lease: Go's components dial that when the owner's
 * address in the lease does not answer. Ebb's own do without, so a failure is told and nothing more.
 */
export function keepBucketServices({ client, elector, buckets, log, ...self }: Options): void {
  const keep = async (bucket: string, leading: () => boolean): Promise<void> => {
    for (let left = tries; leading(); left--) {
      try {
        return await publish(client, { ...self, bucket });
      } catch (error) {
        if (left === 1) return log.warn({ bucket, err: (error as Error).message }, 'the Service of a bucket is not up to date');
      }
      await sleep(retryMs);
    }
  };
  for (const bucket of buckets) {
    const election = elector.run(bucket, (leading) => {
      if (leading) void keep(bucket, () => election.leading());
    });
  }
}
