import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { builtin, type ConfigMap } from '../api/builtin.ts';
import { defaultSystemNamespace } from '../api/system.ts';
import type { KubeClient } from '../kube/client.ts';

const folder = new URL('../../../../deploy/config/', import.meta.url);

/** The config maps as they are deployed. */
export const deployedSettings = (): ConfigMap[] =>
  readdirSync(folder)
    .filter((f) => f.startsWith('config-'))
    .map((f) => parse(readFileSync(new URL(f, folder), 'utf8')) as ConfigMap);

/** Creates a system namespace with the settings of an install; `data` of single maps goes over theirs. */
export async function installSettings(
  client: KubeClient,
  data: Record<string, Record<string, string>> = {},
  namespace = defaultSystemNamespace,
): Promise<void> {
  await client.create(builtin.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, namespace: '' } });
  for (const map of deployedSettings()) {
    const over = data[map.metadata.name];
    await client.create(builtin.ConfigMap, { ...map, metadata: { ...map.metadata, namespace }, data: { ...map.data, ...over } });
  }
}
