import { version } from '../lib/version.ts';
import { generateConfig } from './config.ts';
import { generateCrds } from './crds.ts';
import { generateKustomizations } from './kustomizations.ts';
import { generateProto } from './proto.ts';
import { generateRbac } from './rbac.ts';
import { generateReference } from './reference.ts';

/** Every generated file, path → content. */
export async function generated(): Promise<Record<string, string>> {
  return {
    ...generateCrds(version),
    ...generateConfig(version),
    ...generateRbac(),
    ...generateKustomizations(version),
    ...generateReference(),
    ...(await generateProto()),
  };
}
