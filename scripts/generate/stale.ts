import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/shell.ts';
import { generated } from './all.ts';

/** The generated files that are not what their source says. */
export async function staleFiles(): Promise<string[]> {
  return Object.entries(await generated())
    .filter(([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text)
    .map(([path]) => path);
}
