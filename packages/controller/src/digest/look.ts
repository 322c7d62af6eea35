import type { KubeClient } from '@ebb/shared/kube/client.ts';
import { formatDuration } from '@ebb/shared/lib/duration.ts';
import { credentialsFor, type Keyring, keyringOf } from './credentials.ts';
import { type PullScope, pullSecrets } from './pull-secrets.ts';
import type { Reference } from './reference.ts';
import { headDigest } from './registry.ts';
import type { Transport } from './transport.ts';

/** What digest an image of a revision has. */
export interface Question extends PullScope {
  image: string;
  ref: Reference;
  timeoutMs: number;
}

/** Answers a question with `sha256:…`, or rejects with the reason. */
export type Look = (question: Question) => Promise<string>;

/** Looks images up as the kubelet would pull them: with the pull secrets of the revision, the time limit over all of it. */
export function createLook(client: KubeClient, transport: Transport): Look {
  const keyring = (question: Question): Promise<Keyring> =>
    pullSecrets(client, question)
      .then(keyringOf)
      .catch((error) => {
        throw new Error(`failed to initialize authentication: ${(error as Error).message}`);
      });

  return async (question) => {
    const late = new Error(`no answer within ${formatDuration(question.timeoutMs)}`);
    const signal = AbortSignal.timeout(question.timeoutMs);
    const expired = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(late), { once: true }));
    const found = keyring(question).then((keys) => headDigest(question.ref, credentialsFor(keys, question.ref), transport, signal));
    return Promise.race([found, expired]);
  };
}
