import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../lib/shell.ts';

/** Packages that are CommonJS ask for `require` and `__dirname`, which an ES module does not have. */
const banner = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

/** Bundles a service and all it needs into `dir`/main.mjs. Nothing is left outside but Node itself. */
export async function bundle(source: string, dir: string): Promise<void> {
  if (!existsSync(join(root, source))) throw new Error(`${source} does not exist: there is nothing to build an image of`);
  mkdirSync(dir, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile: join(dir, 'main.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: banner },
    // Names stay whole, so that a stack trace can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
}
