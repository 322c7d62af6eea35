import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/shell.ts';
import { generateConfig } from './config.ts';
import { generateCrds } from './crds.ts';
import { generateProto } from './proto.ts';

/** The version of everything in the repository. */
export const version: string = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;

/** Every generated file, path → content. */
export async function generated(): Promise<Record<string, string>> {
  return { ...generateCrds(version), ...generateConfig(version), ...(await generateProto()) };
}
