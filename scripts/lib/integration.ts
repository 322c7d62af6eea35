import { dirname } from 'node:path';
import { buildGo, goProgram, installPackages } from '../../e2e/cluster/build.ts';
import { type Result, vitest } from './vitest.ts';

/** Runs the integration tests whose files match `filters` (all without any): real programs, no cluster. */
export async function integration(filters: readonly string[] = []): Promise<Result> {
  await installPackages();
  await buildGo('kubernetes');
  await buildGo('nats');
  const env = {
    EBB_KUBE_BIN: dirname(goProgram('kubernetes', 'kube-apiserver')),
    EBB_NATS_SERVER: goProgram('nats', 'nats-server'),
  };
  return vitest('integration tests', 'vitest.integration.config.ts', filters, { env, twice: true });
}
