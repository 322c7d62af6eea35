import type { Pod } from '@ebb/shared/api/builtin.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import type { Clock } from '@ebb/shared/lib/clock.ts';
import type { AnnounceReply, AnnounceRequest } from '@ebb/shared/proto/gen/announcements.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import type { Nature } from '../core/candidates.ts';
import { byAddress } from '../revisions/watch.ts';
import { Allowance } from './allowance.ts';
import type { Announced, AnnouncedPod } from './announced.ts';
import { judge } from './judge.ts';
import type { Bearer } from './review.ts';

export interface AnnouncementsOptions {
  pods: Cache<Pod>;
  /** What is known of a revision (`namespace/name`). */
  natureOf: (key: string) => Nature | undefined;
  /** Whose token it is, by the API server; rejects when that cannot be found out. */
  review: (token: string) => Promise<Bearer | undefined>;
  announced: Announced;
  /** Told of each that is accepted, to pass it on. */
  accepted: (key: string, pod: AnnouncedPod) => void;
  clock: Clock;
  log: Logger;
}

/** After an API server that does not answer, ms. */
const retryMs = 200;

/** Decides about announcements. Repeated ones are harmless: the newest that is verified counts, for as long as the API shows none. */
export class Announcements {
  readonly #o: AnnouncementsOptions;
  readonly #allowance: Allowance;

  constructor(options: AnnouncementsOptions) {
    this.#o = options;
    this.#allowance = new Allowance(options.clock.now());
  }

  async announce(request: AnnounceRequest): Promise<AnnounceReply> {
    const { reason, retryAfterMs = 0 } = await this.#verify(request).catch((error: Error) => {
      this.#o.log.debug({ err: error.message }, 'a token could not be reviewed');
      return { reason: 'the token could not be reviewed', retryAfterMs: retryMs };
    });
    const { namespace, pod, address } = request;
    if (reason !== '') this.#o.log.debug({ pod: `${namespace}/${pod}`, address, reason }, 'announcement not accepted');
    return { accepted: reason === '', reason, retryAfterMs };
  }

  async #verify(request: AnnounceRequest): Promise<{ reason: string; retryAfterMs?: number }> {
    const { namespace, revision, address, pod } = request;
    const key = `${namespace}/${revision}`;
    const look = () =>
      judge(request, {
        pod: this.#o.pods.get(namespace, pod),
        nature: this.#o.natureOf(key),
        holders: this.#o.pods.byIndex(byAddress, address).map(keyOf),
      });
    const before = look();
    if ('reason' in before) return before;
    const { uid } = before;
    if (this.#o.announced.of(key).some((known) => known.uid === uid && known.address === address)) return { reason: '' };
    const wait = this.#allowance.take(uid, this.#o.clock.now());
    if (wait > 0) return { reason: 'too many announcements', retryAfterMs: wait };
    const bearer = await this.#o.review(request.token);
    if (bearer?.namespace !== namespace || bearer.pod !== pod || bearer.uid !== uid) return { reason: 'the token is not valid' };
    // Time has passed: the API may show the pod by now, or another one at this address.
    const after = look();
    if ('reason' in after) return after;
    const verified = { pod, uid, address };
    this.#o.announced.add(key, verified);
    this.#o.accepted(key, verified);
    return { reason: '' };
  }
}
