import { isInsecure, type Reference } from './reference.ts';

const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/**
 * The digest a tag points at: a HEAD of its manifest, with an anonymous token where the registry asks for one
 * (OCI distribution specification, "pulling manifests"). Rejects with the registry's reason.
 */
export async function headDigest(ref: Reference, timeoutMs: number): Promise<string> {
  const base = `${isInsecure(ref.registry) ? 'http' : 'https'}://${ref.registry}`;
  const url = `${base}/v2/${ref.repository}/manifests/${ref.tag}`;
  const signal = AbortSignal.timeout(timeoutMs);
  const head = (token?: string) =>
    fetch(url, {
      method: 'HEAD',
      signal,
      headers: { accept, 'user-agent': 'knative/ebb (serving)', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    });
  let res = await head();
  if (res.status === 401) res = await head(await token(res.headers.get('www-authenticate') ?? '', signal));
  if (!res.ok) throw new Error(`HEAD ${url}: unexpected status code ${res.status} ${res.statusText}`);
  const digest = res.headers.get('docker-content-digest');
  if (!digest) throw new Error(`HEAD ${url}: the answer has no Docker-Content-Digest`);
  return digest;
}

async function token(challenge: string, signal: AbortSignal): Promise<string> {
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
  const realm = field('realm');
  if (!realm) throw new Error(`failed to initialize authentication: ${challenge || 'no challenge'}`);
  const url = new URL(realm);
  for (const name of ['service', 'scope']) {
    const value = field(name);
    if (value) url.searchParams.set(name, value);
  }
  const res = await fetch(url, { signal });
  if (!res.ok) throw new Error(`failed to initialize authentication: ${res.status} ${res.statusText}`);
  const body = (await res.json()) as { token?: string; access_token?: string };
  return body.token ?? body.access_token ?? '';
}
