import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generated } from './generate/all.ts';
import { root } from './lib/shell.ts';

if (process.argv.includes('--help')) {
  console.log(
    'npm run generate\n\nWrites what is generated: CRDs, config maps, RBAC, gRPC stubs, docs/reference. `npm run verify` checks that nothing changed.',
  );
} else {
  const files = await generated();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  console.log(`${Object.keys(files).length} files written`);
}
