import { existsSync } from 'node:fs';
import { defaultSystemNamespace } from '@ebb/shared/api/system.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { connectKube } from '@ebb/shared/kube/connect.ts';
import { type Ran, run } from '../../../scripts/lib/shell.ts';
import { goProgram } from '../../cluster/build.ts';
import { localKubeconfig } from '../../cluster/paths.ts';

// KUBECONFIG names the cluster meant; without it, the local one.
process.env.KUBECONFIG ??= localKubeconfig;

/** Where Ebb is installed. */
export const system = process.env.SYSTEM_NAMESPACE ?? defaultSystemNamespace;

/** The API of the cluster under test. */
export const kube: KubeClient = connectKube();

const built = goProgram('kubernetes', 'kubectl');
/** The kubectl that was built with the cluster, or the machine's. */
export const kubectlProgram = existsSync(built) ? built : 'kubectl';

/** Runs kubectl as a person would, for what people see of it: columns, admission errors, `apply -k`. */
export function tryKubectl(args: readonly string[], input?: string): Promise<Ran> {
  return run(kubectlProgram, args, { input });
}

/** Like `tryKubectl`, but an exit code other than 0 is an error with all that kubectl said. */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const ran = await tryKubectl(args, input);
  if (ran.code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with code ${ran.code}:\n${ran.output.trim()}`);
  return ran.stdout;
}
