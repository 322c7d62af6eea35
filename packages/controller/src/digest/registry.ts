import { STATUS_CODES } from 'node:http';
import type { Response } from 'undici';
import type { Credential } from './credentials.ts';
import { isLocal, type Reference } from './reference.ts';
import { reasonOf, type Transport } from './transport.ts';

/** Lists of manifests first: the digest of an image for several architectures is that of its list. */
const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const userAgent = 'knative/ebb (serving)';
const maxTokenBytes = 1 << 20;

const basic = ({ username, password }: Credential): string => `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;

/**
 * The digest a tag points at: a HEAD of its manifest (OCI distribution specification, "pulling manifests"), with a token or
 * basic authentication where the registry asks for it. The credentials are tried in their order, no others are; without
 * any it is asked anonymously. Rejects with the registry's reason.
 */
export async function headDigest(
  ref: Reference,
  credentials: readonly Credential[],
  transport: Transport,
  signal: AbortSignal,
): Promise<string> {
  const path = `://${ref.registry}/v2/${ref.repository}/manifests/${ref.tag}`;
  const head = (url: string, authorization?: string) =>
    transport(url, { method: 'HEAD', signal, headers: { accept, 'user-agent': userAgent, ...(authorization ? { authorization } : {}) } });
  let url = `https${path}`;
  let first: Response;
  try {
    try {
      first = await head(url);
    } catch (error) {
      // A machine or a network of one's own may speak plain HTTP; one whose certificate is bad does not.
      if (!isLocal(ref.registry) || !speaksNoTLS(error)) throw error;
      url = `http${path}`;
      first = await head(url);
    }
  } catch (error) {
    throw new Error(`HEAD ${url}: ${reasonOf(error)}`);
  }
  let res = first;
  const challenge = first.headers.get('www-authenticate') ?? '';
  let failure: unknown;
  if (first.status === 401) {
    for (const credential of credentials.length > 0 ? credentials : [undefined]) {
      try {
        const authorization = await authorize(challenge, url, ref, credential, transport, signal);
        if (!authorization) break;
        res = await head(url, authorization);
        failure = undefined;
        if (res.status !== 401 && res.status !== 403) break;
      } catch (error) {
        failure = error;
      }
    }
  }
  if (failure) throw failure;
  if (!res.ok) {
    throw new Error(`HEAD ${url}: ${unexpected(res)} (HEAD responses have no body, use GET for details)`);
  }
  const digest = res.headers.get('docker-content-digest');
  if (!digest) throw new Error(`HEAD ${url}: response did not include Docker-Content-Digest header`);
  return digest;
}

/** HTTP/2 sends no words with a status. */
const unexpected = ({ status }: Response): string => `unexpected status code ${status} ${STATUS_CODES[status] ?? ''}`.trim();

const speaksNoTLS = (error: unknown): boolean => {
  const { code } = ((error as Error).cause ?? {}) as { code?: string };
  return (
    code === 'ECONNREFUSED' || code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' || code === 'EPROTO'
  );
};

/** What to put into `authorization`; undefined: there is nothing to answer the challenge with. */
async function authorize(
  challenge: string,
  url: string,
  ref: Reference,
  credential: Credential | undefined,
  transport: Transport,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (/^basic\b/i.test(challenge)) return credential && basic(credential);
  const field = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(challenge)?.[1];
  const realm = field('realm');
  if (!/^bearer\b/i.test(challenge) || !realm) return undefined;
  const from = new URL(realm, url);
  const service = field('service');
  if (service) from.searchParams.set('service', service);
  from.searchParams.set('scope', field('scope') ?? `repository:${ref.repository}:pull`);
  const headers = { 'user-agent': userAgent, ...(credential ? { authorization: basic(credential) } : {}) };
  const asked = `GET ${from.origin}${from.pathname}`;
  const res = await transport(from, { signal, headers }).catch((error) => {
    throw new Error(`${asked}: ${reasonOf(error)}`);
  });
  const body = await limitedText(res);
  if (!res.ok) throw new Error(`${asked}: ${unexpected(res)}`);
  try {
    const { token, access_token } = JSON.parse(body) as { token?: string; access_token?: string };
    return `Bearer ${token ?? access_token ?? ''}`;
  } catch {
    throw new Error(`${asked}: the answer is not JSON`);
  }
}

/** The body, of which no more is read than a token can be long. */
async function limitedText(res: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of res.body ?? []) {
    length += chunk.length;
    if (length > maxTokenBytes) throw new Error(`the answer of ${new URL(res.url).origin} is longer than ${maxTokenBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
