import { join } from 'node:path';
import { clusterDown } from '../../e2e/cluster/up.ts';
import { type Kubectl, kubectlFor } from '../lib/kubectl.ts';
import { step } from '../lib/progress.ts';
import { root } from '../lib/shell.ts';
import { removeSample } from './story.ts';

/** Takes away what the quickstart brought: the whole local cluster, or Ebb out of a cluster that was named. */
export async function down(context: string | undefined): Promise<void> {
  const kubectl = context === undefined ? undefined : kubectlFor(context);
  if (!kubectl?.target.context) return clusterDown(true);
  await step('remove the sample', () => removeSample(kubectl));
  const others = await services(kubectl);
  if (others.length > 0) {
    throw new Error(`Ebb stays in ${context}: these Services would go with it. Delete them first: ${others.join(', ')}`);
  }
  await step(`remove Ebb from ${context}`, () => kubectl(['delete', '-k', join(root, 'deploy/overlays/all'), '--ignore-not-found']));
}

async function services(kubectl: Kubectl): Promise<string[]> {
  const path = '{range .items[*]}{.metadata.namespace}/{.metadata.name}{"\\n"}{end}';
  const ran = await kubectl.attempt(['get', 'services.serving.knative.dev', '-A', '-o', `jsonpath=${path}`]);
  return ran.code === 0 ? ran.stdout.split('\n').filter(Boolean) : [];
}
