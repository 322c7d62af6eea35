import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../lib/shell.ts';

/** What a bundle is called in its folder. */
const bundleName = 'main.cjs';

/** What compiles it while the image is built. */
export const compilerName = 'compile.cjs';

/**
 * Bundles a service and all it needs into one file of `dir`, and says its path. Nothing is left outside but Node itself.
 * CommonJS, since an ES module that imports node:http loads all that hangs on its exports, undici among it: 40 ms of a start.
 */
export async function bundle(source: string, dir: string): Promise<string> {
  if (!existsSync(join(root, source))) throw new Error(`${source} does not exist: there is nothing to build an image of`);
  mkdirSync(dir, { recursive: true });
  const outfile = join(dir, bundleName);
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // Names stay whole, so that a stack trace can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  copyFileSync(join(root, 'deploy/images', compilerName), join(dir, compilerName));
  return outfile;
}
