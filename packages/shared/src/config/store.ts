import type { ConfigMap } from '../api/builtin.ts';
import type { Logger } from '../telemetry/log.ts';
import type { ConfigMapName } from './names.ts';
import { type Configs, configTables } from './tables.ts';

/** Where config maps come from: a cache of the system namespace's, as kube/cache.ts has it. */
interface ConfigMapSource {
  get(namespace: string, name: string): ConfigMap | undefined;
  onChange(handler: (change: { before?: ConfigMap; after?: ConfigMap }) => void): () => void;
}

/** The typed settings of a process, always the last good ones. */
export interface ConfigStore {
  get<N extends ConfigMapName>(name: N): Configs[N];
  /** Called after a map changed to another good reading. */
  onChange(name: ConfigMapName, handler: () => void): () => void;
}

interface Options {
  source: ConfigMapSource;
  namespace: string;
  names: readonly ConfigMapName[];
  /** Told of an update that is not acceptable; the last good value stays. */
  log: Pick<Logger, 'error'>;
}

/**
 * Reads the named maps and follows their changes. A missing or bad map at the start is fatal: the error names it
 * (contract control-plane 0.4). config-leader-election may be absent.
 */
export function createConfigStore({ source, namespace, names, log }: Options): ConfigStore {
  const values = new Map<ConfigMapName, unknown>();
  const texts = new Map<ConfigMapName, string>();
  const handlers = new Map<ConfigMapName, Set<() => void>>();
  const read = (name: ConfigMapName, data: Record<string, string>) => {
    const { _example, ...settings } = data;
    values.set(name, configTables[name].parse(settings));
    texts.set(name, JSON.stringify(settings));
  };
  for (const name of names) {
    const map = source.get(namespace, name);
    if (!map && name !== 'config-leader-election')
      throw new Error(`config map ${namespace}/${name} does not exist; apply deploy/config first`);
    try {
      read(name, map?.data ?? {});
    } catch (e) {
      throw new Error(`config map ${namespace}/${name}: ${(e as Error).message}`);
    }
  }
  source.onChange(({ after }) => {
    const name = names.find((n) => n === after?.metadata.name);
    if (!name || !after) return;
    const { _example, ...settings } = after.data ?? {};
    if (texts.get(name) === JSON.stringify(settings)) return;
    try {
      read(name, settings);
    } catch (e) {
      log.error({ configMap: name, err: (e as Error).message }, 'bad update; the last good settings stay');
      return;
    }
    for (const handler of handlers.get(name) ?? []) handler();
  });
  return {
    get: <N extends ConfigMapName>(name: N) => {
      if (!values.has(name)) throw new Error(`${name} is not among the config maps of this process`);
      return values.get(name) as Configs[N];
    },
    onChange(name, handler) {
      const set = handlers.get(name) ?? new Set();
      handlers.set(name, set.add(handler));
      return () => set.delete(handler);
    },
  };
}
