import { localContext } from './context.ts';
import { ctr } from './daemons.ts';
import { must, run } from './shell.ts';

/** Imports OCI archives into the local cluster's containerd. */
export async function importLocal(tars: readonly string[]): Promise<void> {
  for (const tar of tars) {
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
