import { staleFiles } from './generate/stale.ts';

if (process.argv.includes('--help')) {
  console.log('npm run verify\n\nFails when a generated file is not what its source says: run npm run generate and commit.');
} else {
  const stale = await staleFiles();
  for (const path of stale) console.log(`${path}: not what its source says`);
  console.log(stale.length === 0 ? 'generated files are up to date' : `${stale.length} files are stale: npm run generate`);
  process.exitCode = stale.length === 0 ? 0 : 1;
}
