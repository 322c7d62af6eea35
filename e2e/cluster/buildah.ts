import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { must } from '../../scripts/lib/shell.ts';
import { inCache } from './paths.ts';

const env = {
  STORAGE_DRIVER: 'vfs',
  BUILDAH_ISOLATION: 'chroot',
  BUILDAH_FORMAT: 'oci',
  CONTAINERS_STORAGE_CONF: inCache('buildah', 'storage.conf'),
};

export interface ImageBuild {
  /** The image's reference. */
  ref: string;
  dockerfile: string;
  context: string;
  args?: Record<string, string>;
  /** The OCI archive to write; without one the image stays in buildah's storage, for others to build on. */
  tar?: string;
}

/** Runs buildah with its storage in the cache. */
export const buildah = (...args: string[]): Promise<string> =>
  must('buildah', ['--root', inCache('buildah', 'root'), '--runroot', inCache('buildah', 'run'), ...args], {
    env: { ...env, CONTAINERS_STORAGE_CONF: undefined },
    log: inCache('logs', 'images.log'),
  });

/** Builds an image and writes it as an archive that containerd, kind and minikube can load. The same content has the same digest. */
export async function buildImage(image: ImageBuild): Promise<void> {
  const buildArgs = Object.entries(image.args ?? {}).flatMap(([k, v]) => ['--build-arg', `${k}=${v}`]);
  mkdirSync(inCache('buildah'), { recursive: true });
  await buildah(
    'bud',
    '--pull-never',
    '--layers=false',
    '--timestamp=0',
    '-q',
    ...buildArgs,
    '-t',
    image.ref,
    '-f',
    image.dockerfile,
    image.context,
  );
  if (!image.tar) return;
  mkdirSync(dirname(image.tar), { recursive: true });
  rmSync(`${image.tar}.new`, { force: true });
  // Not compressed: it goes no further than this machine, and compressing takes longer than all the rest.
  await buildah('push', '-q', '-D', image.ref, `oci-archive:${image.tar}.new:${image.ref}`);
  renameSync(`${image.tar}.new`, image.tar);
  // vfs copies the whole file system of every image.
  await buildah('rmi', '-f', image.ref);
}
