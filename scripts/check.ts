import { check } from './check/run.ts';
import { summarize } from './lib/vitest.ts';

if (process.argv.includes('--help')) {
  console.log('npm run check\n\nTypes, lint, layer rules and unit tests. Needs no cluster, takes seconds.');
} else {
  process.exitCode = summarize(await check());
}
