import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { clusterUp } from '../e2e/cluster/up.ts';
import { bringImages, deploy } from './lib/deploy.ts';
import { endToEnd } from './lib/end-to-end.ts';
import { kubectlFor } from './lib/kubectl.ts';
import { main, UsageError } from './lib/main.ts';
import { root } from './lib/shell.ts';
import { summarize } from './lib/vitest.ts';

const names = readdirSync(join(root, 'e2e/tests'))
  .filter((f) => f.endsWith('.ts'))
  .map((f) => f.slice(0, -3));

const help = `npm run e2e [name …] [-- options]

Brings the cluster to what the tree says, then runs the end-to-end tests, all or those named. Names:
  ${names.join('\n  ')}

  --as-is           test what is deployed as it is
  --context NAME    a cluster that exists instead of the local one`;

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { context: { type: 'string' }, 'as-is': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const unknown = positionals.find((p) => !names.includes(p));
  if (unknown) throw new UsageError(`no test ${JSON.stringify(unknown)}; one of ${names.join(', ')}`);
  if (!values['as-is'] && !values.context) await clusterUp();
  const kubectl = kubectlFor(values.context);
  if (!values['as-is']) await deploy(kubectl, await bringImages(kubectl, []));
  return summarize([
    await endToEnd(
      kubectl,
      positionals.map((p) => `e2e/tests/${p}.ts`),
    ),
  ]);
});
