import { must } from '../../scripts/lib/shell.ts';

/** The image in an OCI archive. */
export interface Archived {
  ref: string;
  /** The digest of its manifest, by which containerd lists it. */
  manifest: string;
  /** The digest of its configuration: the ID of the image, which a pod's status gives. */
  id: string;
}

interface Index {
  manifests: { digest: string; annotations?: Record<string, string> }[];
}

const read = async <T>(tar: string, file: string): Promise<T> => JSON.parse(await must('tar', ['-xOf', tar, file])) as T;

/** Reads which image an archive holds. */
export async function archived(tar: string): Promise<Archived> {
  const [entry] = (await read<Index>(tar, 'index.json')).manifests;
  if (!entry) throw new Error(`${tar} holds no image`);
  const manifest = await read<{ config: { digest: string } }>(tar, `blobs/sha256/${entry.digest.replace('sha256:', '')}`);
  return { ref: entry.annotations?.['org.opencontainers.image.ref.name'] ?? '', manifest: entry.digest, id: manifest.config.digest };
}
