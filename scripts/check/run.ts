import { step } from '../lib/progress.ts';
import { run } from '../lib/shell.ts';
import { type Result, vitest } from '../lib/vitest.ts';
import { layerBreaches } from './layers.ts';

async function tool(name: string, command: string, args: string[]): Promise<Result> {
  try {
    await step(name, async () => {
      const ran = await run(command, args);
      if (ran.code !== 0) throw new Error(ran.output);
    });
    return { name, passed: 1, failed: 0, skipped: [] };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return { name, passed: 0, failed: 1, skipped: [] };
  }
}

async function layers(): Promise<Result> {
  const breaches = await step('layer rules', async () => layerBreaches());
  for (const b of breaches) process.stderr.write(`${b}\n`);
  return { name: 'layer rules', passed: breaches.length ? 0 : 1, failed: breaches.length, skipped: [] };
}

/** Everything that needs no cluster: types, lint, layers, unit tests. */
export async function check(): Promise<Result[]> {
  return [
    await layers(),
    await tool('types', 'tsc', ['-p', 'tsconfig.json']),
    await tool('lint', 'biome', ['ci', '--diagnostic-level=error', '.']),
    await vitest('unit tests', 'vitest.config.ts'),
  ];
}
