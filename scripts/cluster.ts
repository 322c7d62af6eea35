import { parseArgs } from 'node:util';
import { localContext, localExists } from '../e2e/cluster/context.ts';
import { loadImages } from '../e2e/cluster/load-images.ts';
import { localKubeconfig } from '../e2e/cluster/paths.ts';
import { clusterDown, clusterStatus, clusterUp } from '../e2e/cluster/up.ts';
import { imageTars } from './images/build.ts';

const help = `npm run cluster -- <command>

  up [--metrics]            build what is missing, start what does not run (repeatable, repairs a half-started cluster);
                            --metrics: with a metrics-server, for autoscaling on CPU and kubectl top
  down [--purge]            stop exactly what was started; --purge removes its state too (built parts stay in the cache)
  status [--json]           the parts and whether they answer; exit code 1 when one does not
  kubeconfig                print the path of the local cluster's kubeconfig
  load-images [--context N] build Ebb's images and load them into the local cluster, or into kind-*, k3d-* or minikube

EBB_CACHE holds built parts, EBB_STATE the running cluster.`;

async function status(json: boolean): Promise<number> {
  const parts = await clusterStatus();
  if (json) console.log(JSON.stringify(parts));
  else
    for (const p of parts)
      console.log(`${p.name.padEnd(24)}${p.pid ? `pid ${p.pid}` : 'down'}${p.pid && !p.healthy ? ' (does not answer)' : ''}`);
  return parts.every((p) => p.healthy) ? 0 : 1;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      context: { type: 'string' },
      json: { type: 'boolean' },
      purge: { type: 'boolean' },
      metrics: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const command = positionals[0];
  if (values.help || command === undefined) {
    console.log(help);
    return values.help ? 0 : 64;
  }
  switch (command) {
    case 'up':
      if (values.context && values.context !== localContext) throw new Error('up starts the local cluster; one that exists needs no up');
      await clusterUp({ metrics: values.metrics });
      console.log(`The cluster is up. export KUBECONFIG=${localKubeconfig}`);
      return 0;
    case 'down':
      await clusterDown(values.purge ?? false);
      return 0;
    case 'status':
      return status(values.json ?? false);
    case 'kubeconfig':
      if (!localExists()) throw new Error('there is no local cluster: npm run cluster -- up');
      console.log(localKubeconfig);
      return 0;
    case 'load-images':
      await loadImages(values.context, await imageTars());
      return 0;
    default:
      throw new Error(`unknown command ${JSON.stringify(command)}; one of up, down, status, kubeconfig, load-images`);
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(`ebb: ${error.message}`);
    process.exitCode = 1;
  },
);
