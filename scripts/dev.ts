import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { giveBack, takeOver } from './dev/redirect.ts';
import { fromSource, hereIP } from './dev/table.ts';
import { type Component, system } from './lib/components.ts';
import { kubeconfigOf } from './lib/connect.ts';
import { type Kubectl, kubectlFor } from './lib/kubectl.ts';
import { main, UsageError } from './lib/main.ts';
import { step } from './lib/progress.ts';
import { root } from './lib/shell.ts';

const help = `npm run dev -- <component> [--context NAME]

Runs a component from source on this machine in place of its pods, and starts it anew when a file changes. Ctrl-C gives
everything back. Components: ${Object.keys(fromSource).join(', ')}.

It runs with the rights of your kubeconfig, not with those of its service account. With --context, only the controller:
nothing else would be reached from a cluster elsewhere.`;

async function clusterIP(kubectl: Kubectl, service: string): Promise<string> {
  return kubectl(['get', 'service', service, '-n', system, '-o', 'jsonpath={.spec.clusterIP}']);
}

/** What the pod would find in its environment, with addresses in place of names that only the cluster resolves. */
async function environment(kubectl: Kubectl, component: string): Promise<Record<string, string>> {
  const local = !kubectl.target.context;
  return {
    KUBECONFIG: await kubeconfigOf(kubectl),
    SYSTEM_NAMESPACE: system,
    POD_NAME: `${component}-from-source`,
    POD_IP: hereIP,
    NATS_URL: local ? `nats://${await clusterIP(kubectl, 'nats')}:4222` : '',
    AUTOSCALER: local ? `${await clusterIP(kubectl, 'autoscaler')}:8080` : '',
    METRICS_PROMETHEUS_PORT: '0',
    PROBES_PORT: '0',
    ...fromSource[component]?.env,
  };
}

await main(async (signal) => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { context: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  const [name] = positionals;
  if (values.help || name === undefined) {
    console.log(help);
    return values.help ? 0 : 64;
  }
  if (name === 'queue-proxy') throw new UsageError('queue-proxy runs in pods only: npm run deploy -- queue-proxy, and new pods have it');
  const component = fromSource[name];
  if (!component) throw new UsageError(`no component ${JSON.stringify(name)}; one of ${Object.keys(fromSource).join(', ')}`);
  const kubectl = kubectlFor(values.context);
  if (kubectl.target.context && name !== 'controller')
    throw new UsageError(`${name} cannot be reached from context ${kubectl.target.context}; only the controller can run here`);
  const env = await environment(kubectl, name);
  try {
    await step(`take ${name} over from its pods`, () => takeOver(kubectl, name as Component, component));
    console.error(`${name} from packages/${name}/src; Ctrl-C gives it back`);
    const args = [
      '--watch',
      '--watch-preserve-output',
      '--disable-warning=ExperimentalWarning',
      join(root, `packages/${name}/src/main.ts`),
    ];
    const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env }, cwd: root, detached: true });
    const ended = once(child, 'exit');
    signal.addEventListener('abort', () => child.kill('SIGTERM'));
    if (signal.aborted) child.kill('SIGTERM');
    await ended;
  } finally {
    await step(`give ${name} back to its pods`, () => giveBack(kubectl, name as Component));
  }
  return 0;
});
