import { parseArgs } from 'node:util';
import { integration } from './lib/integration.ts';
import { main } from './lib/main.ts';
import { summarize } from './lib/vitest.ts';

const help = `npm run integration [-- path …]

The integration tests (*.integration.test.ts), all or those whose path contains an argument, against real etcd,
kube-apiserver and nats-server. The tests start and end what they need; the local cluster is not touched.`;

await main(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(help);
    return 0;
  }
  return summarize([await integration(positionals)]);
});
