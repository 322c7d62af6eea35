import { fileURLToPath } from 'node:url';
import { freePort, type Program, startProgram } from './programs.ts';

export interface ComponentOptions {
  kubeconfig: string;
  /** The name of its pod. */
  pod: string;
  env?: Record<string, string>;
  /** A bundle to run in place of the source. */
  main?: string;
}

const mainOf = (component: string): string => fileURLToPath(new URL(`../../../${component}/src/main.ts`, import.meta.url));

/** A component from source in a process of its own, which a test may kill. Ready when its probes port answers. */
export async function startComponent(component: 'controller' | 'autoscaler', o: ComponentOptions): Promise<Program> {
  const probes = await freePort();
  const stats = Number(o.env?.STATS_PORT ?? (await freePort()));
  return startProgram({
    path: process.execPath,
    args: [o.main ?? mainOf(component)],
    env: {
      KUBECONFIG: o.kubeconfig,
      POD_NAME: o.pod,
      POD_IP: '127.0.0.1',
      METRICS_PROMETHEUS_PORT: '0',
      PROBES_PORT: String(probes),
      STATS_PORT: String(stats),
      NATS_URL: '',
      ...o.env,
    },
    ready: async () => (await fetch(`http://127.0.0.1:${component === 'autoscaler' ? stats : probes}/health`)).status < 500,
  });
}
