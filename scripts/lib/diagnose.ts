import type { Kubectl } from './kubectl.ts';

interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  state?: Record<string, { reason?: string; message?: string; exitCode?: number }>;
}

interface Pod {
  metadata: { name: string };
  status?: { phase?: string; conditions?: { type: string; status: string; message?: string }[]; containerStatuses?: ContainerStatus[] };
}

async function podsOf(kubectl: Kubectl, namespace: string, selector: string): Promise<Pod[]> {
  const text = await kubectl(['get', 'pods', '-n', namespace, '-l', selector, '-o', 'json']);
  return (JSON.parse(text) as { items: Pod[] }).items;
}

const hopeless = ['ErrImageNeverPull', 'ImagePullBackOff', 'InvalidImageName', 'CreateContainerConfigError'];

/** Whether a pod has got stuck in a way that waiting does not heal. */
export async function isHopeless(kubectl: Kubectl, namespace: string, selector: string): Promise<boolean> {
  return (await podsOf(kubectl, namespace, selector)).some((pod) =>
    pod.status?.containerStatuses?.some(({ state, restartCount }) => {
      const reason = state?.waiting?.reason ?? '';
      // The fourth start waited forty seconds already: what it needs from others is there by then.
      return hopeless.includes(reason) || (reason === 'CrashLoopBackOff' && restartCount >= 4);
    }),
  );
}

/** Why the pods of a selector are not ready, in a few lines: their states, and the last words of what does not run. */
export async function diagnose(kubectl: Kubectl, namespace: string, selector: string): Promise<string> {
  const pods = await podsOf(kubectl, namespace, selector);
  if (pods.length === 0) return `no pod with ${selector} in ${namespace}: kubectl describe its Deployment`;
  const lines: string[] = [];
  for (const { metadata, status } of pods) {
    const unscheduled = status?.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False')?.message;
    lines.push(`  ${metadata.name}: ${status?.phase}${unscheduled ? `, ${unscheduled}` : ''}`);
    for (const c of status?.containerStatuses ?? []) {
      if (c.ready) continue;
      const [state, why] = Object.entries(c.state ?? {})[0] ?? ['unknown', {}];
      lines.push(`    ${c.name}: ${[state, why.reason, why.message].filter(Boolean).join(', ')}, ${c.restartCount} restarts`);
      const previous = c.restartCount > 0 && state !== 'running' ? ['--previous'] : [];
      const log = await kubectl.attempt(['logs', metadata.name, '-n', namespace, '-c', c.name, '--tail=5', ...previous]);
      if (log.code === 0 && log.stdout.trim())
        lines.push(
          ...log.stdout
            .trim()
            .split('\n')
            .map((l) => `      ${l.slice(0, 500)}`),
        );
    }
  }
  return lines.join('\n');
}
