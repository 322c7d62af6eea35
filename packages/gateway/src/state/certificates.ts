import { createSecureContext, type SecureContext } from 'node:tls';
import type { Secret } from '@ebb/shared/api/builtin.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';

/** What of the cluster's secrets is asked for. */
export const certificateSecrets = { fieldSelector: 'type=kubernetes.io/tls' } as const;

interface Options {
  secrets: Cache<Secret>;
  log: Logger;
}

/** The certificates that Ingresses name, by `namespace/name` of their secret, as they are renewed. */
export class Certificates {
  readonly #secrets: Cache<Secret>;
  readonly #log: Logger;
  /** undefined: the secret is missing, or what it holds is of no use. */
  readonly #contexts = new Map<string, SecureContext | undefined>();

  constructor({ secrets, log }: Options) {
    this.#secrets = secrets;
    this.#log = log;
  }

  get(key: string): SecureContext | undefined {
    return this.#contexts.get(key);
  }

  ensure(key: string): void {
    if (this.#contexts.has(key)) return;
    const [namespace = '', name = ''] = key.split('/');
    this.#contexts.set(key, this.#read(key, this.#secrets.get(namespace, name)));
  }

  release(key: string): void {
    this.#contexts.delete(key);
  }

  /** A secret changed or went. One that cannot be used leaves what was; one that is gone does not. Returns whether it is a first one. */
  refresh(key: string, secret: Secret | undefined): boolean {
    if (!this.#contexts.has(key)) return false;
    const before = this.#contexts.get(key);
    const now = this.#read(key, secret);
    this.#contexts.set(key, now ?? (secret && before));
    return before === undefined && now !== undefined;
  }

  #read(key: string, secret: Secret | undefined): SecureContext | undefined {
    if (!secret) {
      this.#log.info({ secret: key }, 'an Ingress names a certificate that is not there, or not of type kubernetes.io/tls');
      return undefined;
    }
    const bytes = (name: string) => Buffer.from(secret.data?.[name] ?? '', 'base64');
    try {
      return createSecureContext({ cert: bytes('tls.crt'), key: bytes('tls.key'), minVersion: 'TLSv1.2' });
    } catch (error) {
      this.#log.warn({ secret: key, err: (error as Error).message }, 'a certificate cannot be used');
      return undefined;
    }
  }
}

/** What of a secret is kept in memory. */
export const slimSecret = ({ apiVersion, kind, metadata, data }: Secret): Secret => ({
  apiVersion,
  kind,
  metadata: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid, resourceVersion: metadata.resourceVersion },
  data: { 'tls.crt': data?.['tls.crt'] ?? '', 'tls.key': data?.['tls.key'] ?? '' },
});
