import { parseArgs } from 'node:util';
import { type Component, components } from './lib/components.ts';
import { bringImages, deploy } from './lib/deploy.ts';
import { kubectlFor } from './lib/kubectl.ts';
import { main, UsageError } from './lib/main.ts';

const help = `npm run deploy [-- component …] [--context NAME]

Brings a cluster to what the tree says: builds the images that changed, loads them, applies the manifests, and waits
until all runs. With names, for those only; what did not change is not restarted.
Names: ${components.join(', ')}, and queue-proxy, which new pods of Services take.`;

const isComponent = (name: string): name is Component => (components as readonly string[]).includes(name);

await main(async () => {
  const options = { context: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const unknown = positionals.find((p) => !isComponent(p) && p !== 'queue-proxy');
  if (unknown) throw new UsageError(`no component ${JSON.stringify(unknown)}; one of ${components.join(', ')}, queue-proxy`);
  const kubectl = kubectlFor(values.context);
  const built = await bringImages(kubectl, positionals);
  const only = positionals.filter(isComponent);
  if (positionals.length === 0 || only.length > 0) await deploy(kubectl, built, only);
  return 0;
});
