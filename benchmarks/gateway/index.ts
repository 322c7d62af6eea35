import { type Benchmark, count } from '../lib/benchmark.ts';
import { compareProxies, proxyHelp, proxyOptions } from '../lib/proxies.ts';
import { round } from '../lib/stats.ts';
import { findNginx } from './nginx.ts';
import { scenarios } from './scenarios.ts';
import { sides } from './sides.ts';
import { host, openWorld } from './world.ts';

export const benchmark: Benchmark = {
  summary: 'the gateway beside nginx (NGINX, or the one installed), in front of one backend',
  help: [proxyHelp(scenarios), '  --workers N     processes that serve, of the gateway and of nginx (1)'].join('\n'),
  options: { ...proxyOptions, workers: { type: 'string' } },
  async runAlone(signal, options) {
    const workers = count(options, 'workers', 1);
    await findNginx();
    const world = await openWorld();
    let opened: Awaited<ReturnType<typeof sides>> | undefined;
    try {
      const outcome = await compareProxies({
        name: 'gateway',
        signal,
        options,
        host,
        scenarios,
        bare: false,
        async sides() {
          opened = await sides(world, workers);
          return opened.sides;
        },
      });
      const { ratio } = outcome.figures;
      if (ratio.cpu_per_request) {
        ratio.cpu_per_request_vs_nginx = ratio.cpu_per_request;
        ratio.requests_per_core_vs_nginx = round(1 / ratio.cpu_per_request, 3);
      }
      return { ...outcome, figures: { ...outcome.figures, workers } };
    } finally {
      opened?.close();
      await world.kube.stop();
    }
  },
};
