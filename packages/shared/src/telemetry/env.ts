import { defaultClusterDomain, defaultSystemNamespace } from '../api/system.ts';

/** What every component reads from its environment (contract control-plane 8.2). */
export interface CommonEnv {
  podName: string;
  podIP: string;
  systemNamespace: string;
  clusterDomain: string;
  /** NATS servers; '' switches events off. */
  natsUrl: string;
  metricsPort: number;
}

const port = (name: string, fallback: number): number => {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const n = Number(text);
  if (!Number.isInteger(n) || n < 0 || n > 65535)
    throw new Error(`${name} is ${JSON.stringify(text)}; a port from 0 (off) to 65535 would be right`);
  return n;
};

/** Reads the common variables; an error names the variable, its value and what would be right. */
export function commonEnv(): CommonEnv {
  const systemNamespace = process.env.SYSTEM_NAMESPACE ?? defaultSystemNamespace;
  return {
    podName: process.env.POD_NAME ?? `local-${process.pid}`,
    podIP: process.env.POD_IP ?? '127.0.0.1',
    systemNamespace,
    clusterDomain: process.env.CLUSTER_DOMAIN ?? defaultClusterDomain,
    natsUrl: process.env.NATS_URL ?? `nats://nats.${systemNamespace}.svc.${process.env.CLUSTER_DOMAIN ?? defaultClusterDomain}:4222`,
    metricsPort: port('METRICS_PROMETHEUS_PORT', 9090),
  };
}

export { port as portFromEnv };
