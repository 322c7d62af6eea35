import { existsSync } from 'node:fs';
import { localKubeconfig } from './paths.ts';

/** The name that stands for the local cluster. */
export const localContext = 'ebb';

/** How to reach the cluster meant: arguments for kubectl, and the environment for clients. */
export interface Target {
  /** Absent: the local cluster. */
  context?: string;
  kubectlArgs: string[];
  kubeconfig?: string;
}

/** The cluster a `--context` names, or the local one. Nothing is ever installed into a context that was not named. */
export function targetOf(context: string | undefined): Target {
  if (context !== undefined && context !== localContext) return { context, kubectlArgs: ['--context', context] };
  return { kubectlArgs: ['--kubeconfig', localKubeconfig], kubeconfig: localKubeconfig };
}

export const localExists = (): boolean => existsSync(localKubeconfig);
