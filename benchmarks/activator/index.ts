import type { Benchmark } from '../lib/benchmark.ts';
import { compareProxies, proxyHelp, proxyOptions } from '../lib/proxies.ts';
import { sides } from './sides.ts';
import { openWorld, revision } from './world.ts';

export const benchmark: Benchmark = {
  summary: 'the activator alone, in front of a ready revision, beside its bare backend and the program PEER_ACTIVATOR names',
  help: proxyHelp(),
  options: proxyOptions,
  async runAlone(signal, options) {
    const world = await openWorld();
    // What the activator tells the revision by when no ingress has.
    const host = `${revision.name}.${revision.namespace}.svc.cluster.local`;
    try {
      return await compareProxies({ name: 'activator', signal, options, host, sides: () => sides(world.kubeconfig) });
    } finally {
      await world.close();
    }
  },
};
