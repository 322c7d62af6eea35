import { renameSync } from 'node:fs';
import { buildah, buildImage, type ImageBuild } from '../../e2e/cluster/buildah.ts';
import { must, run } from '../lib/shell.ts';
import { nodeBase } from './base.ts';

/** What builds images: buildah, which needs no daemon, or docker where that is what people have. */
export interface Builder {
  /** The base of the services when nobody names one; undefined: the public one of the Dockerfile. */
  defaultBase(): Promise<string | undefined>;
  pull(ref: string): Promise<unknown>;
  build(image: ImageBuild & { tar: string }): Promise<void>;
}

const withBuildah: Builder = { defaultBase: nodeBase, pull: (ref) => buildah('pull', '-q', ref), build: buildImage };

const withDocker: Builder = {
  defaultBase: async () => undefined,
  pull: (ref) => must('docker', ['pull', '-q', ref]),
  async build({ ref, dockerfile, context, args = {}, tar }) {
    const buildArgs = Object.entries(args).flatMap(([k, v]) => ['--build-arg', `${k}=${v}`]);
    await must('docker', ['build', '-q', ...buildArgs, '-t', ref, '-f', dockerfile, context]);
    await must('docker', ['save', '-o', `${tar}.new`, ref]);
    renameSync(`${tar}.new`, tar);
  },
};

/** The builder of this machine; an error says what to install. */
export async function findBuilder(): Promise<Builder> {
  if ((await run('buildah', ['--version'])).code === 0 && process.getuid?.() === 0) return withBuildah;
  const docker = await run('docker', ['info']);
  if (docker.code === 0) return withDocker;
  throw new Error(
    `images need buildah (as root; Debian: apt-get install buildah) or a running docker, which says: ${docker.output.trim().split('\n').at(-1)}`,
  );
}
