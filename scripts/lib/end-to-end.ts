import { system } from './components.ts';
import { kubeconfigOf } from './connect.ts';
import { reachGateway } from './gateway.ts';
import type { Kubectl } from './kubectl.ts';
import { type Result, vitest } from './vitest.ts';

/** Runs the end-to-end tests whose files match `filters` (all without any) against what is deployed. */
export async function endToEnd(kubectl: Kubectl, filters: readonly string[] = []): Promise<Result> {
  const gateway = kubectl.target.context ? await reachGateway(kubectl) : undefined;
  try {
    const env: Record<string, string> = { KUBECONFIG: await kubeconfigOf(kubectl), SYSTEM_NAMESPACE: system };
    if (gateway) env.EBB_GATEWAY = `${gateway.host}:${gateway.port}`;
    return await vitest('end to end', 'vitest.e2e.config.ts', filters, { env, twice: true });
  } finally {
    gateway?.close();
  }
}
