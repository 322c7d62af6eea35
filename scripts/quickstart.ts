import { parseArgs } from 'node:util';
import { localContext } from '../e2e/cluster/context.ts';
import { clusterUp } from '../e2e/cluster/up.ts';
import { connectKube } from '../packages/shared/src/kube/connect.ts';
import { kubeconfigOf } from './lib/connect.ts';
import { bringImages, deploy } from './lib/deploy.ts';
import { reachGateway } from './lib/gateway.ts';
import { kubectlFor } from './lib/kubectl.ts';
import { main } from './lib/main.ts';
import { step } from './lib/progress.ts';
import { down } from './quickstart/down.ts';
import { next } from './quickstart/next.ts';
import { story } from './quickstart/story.ts';

const help = `npm run quickstart [-- options]

A cluster, Ebb, a hello Service, its URL, and the story of an idle Service told as it happens. Running it again is quick
and changes nothing that is right already. The first run builds Kubernetes: some six minutes on two cores.

  --context NAME    install into a cluster that exists (kind, k3d, minikube, …) instead of starting one here
  --down            take away what it brought: the local cluster, or Ebb out of the one named`;

await main(async (signal) => {
  const { values } = parseArgs({
    options: { context: { type: 'string' }, down: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const { context } = values;
  if (values.down) {
    await down(context);
    return 0;
  }
  if (context === undefined || context === localContext) await clusterUp();
  const kubectl = kubectlFor(context);
  await deploy(kubectl, await bringImages(kubectl, []));
  process.env.KUBECONFIG = await kubeconfigOf(kubectl);
  const gateway = await step('reach the gateway', () => reachGateway(kubectl));
  try {
    const { host } = await story({ kubectl, kube: connectKube(), gateway, signal });
    console.log(next(kubectl, host));
  } finally {
    gateway.close();
  }
  return 0;
});
