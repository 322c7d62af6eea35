import { must, run } from '../../scripts/lib/shell.ts';
import { archived } from './archive.ts';
import { localContext } from './context.ts';
import { ctr } from './daemons.ts';

/** Whether containerd has exactly what is in an archive, under the same name. */
async function isThere(tar: string): Promise<boolean> {
  const { ref, manifest } = await archived(tar);
  const lines = (await ctr('images', 'ls')).stdout.split('\n').map((l) => l.split(/\s+/));
  return lines.some((columns) => columns[0] === ref && columns.includes(manifest));
}

/** Imports OCI archives into the local cluster's containerd; what is there already is left. */
export async function importLocal(tars: readonly string[]): Promise<void> {
  for (const tar of tars) {
    if (await isThere(tar)) continue;
    const ran = await ctr('images', 'import', '--digests=false', tar);
    if (ran.code !== 0) throw new Error(`containerd cannot import ${tar}:\n${ran.output}`);
  }
}

/** Loads OCI archives into the nodes of the cluster a context names. */
export async function loadImages(context: string | undefined, tars: readonly string[]): Promise<void> {
  if (context === undefined || context === localContext) return importLocal(tars);
  for (const tar of tars) {
    if (context.startsWith('kind-')) await must('kind', ['load', 'image-archive', tar, '--name', context.slice(5)]);
    else if (context.startsWith('k3d-')) await must('k3d', ['image', 'import', tar, '-c', context.slice(4)]);
    else if ((await run('minikube', ['profile', 'list', '-o', 'json'])).stdout.includes(`"${context}"`))
      await must('minikube', ['-p', context, 'image', 'load', tar]);
    else
      throw new Error(
        `context ${JSON.stringify(context)} is none of kind-*, k3d-* or a minikube profile: push the images to a registry its nodes can pull from instead`,
      );
  }
}
