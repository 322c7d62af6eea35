import { parseArgs } from 'node:util';
import { loadImages } from '../e2e/cluster/load-images.ts';
import { buildImages } from './images/build.ts';
import { bundle } from './images/bundle.ts';
import { images, imagesNamed } from './images/table.ts';
import { main } from './lib/main.ts';
import { step } from './lib/progress.ts';

const names = [...new Set(images.map((i) => i.name))].join(', ');
const help = `npm run images [-- name …] [options]

Builds the container images whose content changed; one service takes seconds. Names: ${names}.

  --load            load them into the local cluster (npm run cluster -- load-images does the same for others)
  --base REF        the services' base instead of the one made from packages; it needs Node at /nodejs/bin/node
  --bundles DIR     write DIR/<service>/main.cjs only, for a builder of your own:
                    docker build -f deploy/images/Dockerfile DIR/<service>`;

const options = {
  load: { type: 'boolean' },
  base: { type: 'string' },
  bundles: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

await main(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (values.bundles) {
    for (const image of imagesNamed(positionals)) {
      if (image.kind === 'service') await bundle(image.source, `${values.bundles}/${image.name}`);
    }
    return 0;
  }
  const built = await buildImages(positionals, { base: values.base });
  if (values.load)
    await step('load them into the local cluster', () =>
      loadImages(
        undefined,
        built.map((b) => b.tar),
      ),
    );
  for (const { ref, id, tar } of built) console.log(`${ref.padEnd(34)}${id.slice(7, 19)}  ${tar}`);
  return 0;
});
