import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoints, KubeService } from '@ebb/shared/api/builtin.ts';
import type { Ingress } from '@ebb/shared/api/kinds.ts';
import { type KubeObject, keyOf } from '@ebb/shared/api/meta.ts';
import { expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { type Alias, addressesOf, aliasOf, backendKey, protocolOf } from './backend.ts';
import { certificateFor } from './certificate.ts';
import { isOurs } from './class.ts';
import { compile, type HostRoutes } from './compile.ts';
import { RouteTable, type Visibility } from './table.ts';

const folder = join(import.meta.dirname, 'testdata');

/** Ingresses, Services and Endpoints → what is served, and where it goes. */
function translate(objects: KubeObject[]): unknown {
  const find = <T extends KubeObject>(kind: string, namespace: string, name: string) =>
    objects.find((o) => o.kind === kind && o.metadata.namespace === namespace && o.metadata.name === name) as T | undefined;
  const table = new RouteTable();
  const refused: Record<string, string> = {};
  const ours = objects.filter((o): o is Ingress => o.kind === 'Ingress').filter(isOurs);
  for (const ingress of ours) {
    try {
      table.put(compile(ingress));
    } catch (error) {
      refused[keyOf(ingress)] = (error as Error).message;
    }
  }
  const hosts: Record<string, { ingress: string; redirect?: true; certificates?: Record<string, string | undefined> } & HostRoutes> = {};
  const backends: Record<string, { protocol: string; alias?: Alias; at: string[] }> = {};
  for (const { hosts: of, backends: to, certificates } of ours.flatMap((i) => table.get(keyOf(i)) ?? [])) {
    for (const host of of.keys()) {
      const { owner, routes } = table.lookup(host)!;
      const at = (v: Visibility) => certificateFor(table, v, host);
      const secrets = certificates.size ? { certificates: { external: at('external'), local: at('local') } } : {};
      hosts[host] = { ingress: owner.key, ...(owner.redirect && at('external') ? { redirect: true } : {}), ...secrets, ...routes };
    }
    for (const b of to) {
      const of = find<KubeService>('Service', b.namespace, b.service);
      const at = addressesOf(of, find<Endpoints>('Endpoints', b.namespace, b.service), b.port);
      const alias = aliasOf(of, b.port, 'cluster.local');
      backends[backendKey(b)] = { protocol: protocolOf(of, b.port), ...(alias ? { alias } : {}), at: at.map((t) => `${t.host}:${t.port}`) };
    }
  }
  const conflicted = ours.map(keyOf).filter((key) => table.conflicted(key));
  return { hosts, backends, ...(conflicted.length ? { conflicted } : {}), ...(Object.keys(refused).length ? { refused } : {}) };
}

// UPDATE_GOLDEN=1 writes the answers: read the diff.
for (const file of readdirSync(folder).filter((f) => f.endsWith('.in.yaml'))) {
  test(file.slice(0, -'.in.yaml'.length), () => {
    const objects = parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((d) => d.toJS() as KubeObject);
    const golden = join(folder, file.replace('.in.', '.out.'));
    const actual = stringify(translate(objects), { aliasDuplicateObjects: false, lineWidth: 0 });
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, actual);
    expect(actual).toBe(readFileSync(golden, 'utf8'));
  });
}
