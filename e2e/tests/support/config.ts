import { builtin } from '@ebb/shared/api/builtin.ts';
import type { ConfigMapName } from '@ebb/shared/config/names.ts';
import { afterAll } from 'vitest';
import { kube, system } from './cluster.ts';

/**
 * Sets keys of a config map for the rest of a story; what they were comes back after it. Components take it over when
 * they hear of it, so wait for what it brings about.
 */
export async function configure(name: ConfigMapName, data: Record<string, string>): Promise<void> {
  const { data: before = {} } = await kube.get(builtin.ConfigMap, system, name);
  const restored = Object.fromEntries(Object.keys(data).map((key) => [key, before[key] ?? null]));
  undo.unshift(() => kube.patch(builtin.ConfigMap, system, name, 'merge', { data: restored }));
  await kube.patch(builtin.ConfigMap, system, name, 'merge', { data });
}

const undo: (() => Promise<unknown>)[] = [];

/** Call at the top of a test file that configures. */
export function restoringConfig(): void {
  afterAll(async () => {
    for (const one of undo.splice(0)) await one();
  });
}
