import type { Benchmark } from '../lib/benchmark.ts';
import { compareProxies, proxyHelp, proxyOptions } from '../lib/proxies.ts';
import { sides } from './sides.ts';

export const benchmark: Benchmark = {
  summary: 'queue-proxy alone, all features on, beside its bare backend and the program PEER_QUEUE_PROXY names',
  help: proxyHelp(),
  options: proxyOptions,
  runAlone: (signal, options) => compareProxies({ name: 'queue-proxy', signal, options, sides }),
};
