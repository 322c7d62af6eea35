import type { Pod } from '@ebb/shared/api/builtin.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { announcementAudience } from '@ebb/shared/api/system.ts';
import type { AnnounceRequest } from '@ebb/shared/proto/gen/announcements.ts';
import type { Nature } from '../core/candidates.ts';
import { isPodAddress } from './address.ts';
import { claimsOf } from './claims.ts';

/** What the caches know of an announcement. */
export interface Known {
  /** The pod of that name; undefined when it is not there (yet). */
  pod?: Pod;
  /** The revision of that name; undefined when it is not there (yet). */
  nature?: Nature;
  /** Who has the announced address by the API: `namespace/name` of the pods. */
  holders: readonly string[];
}

export type Judgement = { uid: string } | { reason: string; retryAfterMs: number };

/** Caches are behind by milliseconds. */
const soonMs = 100;
const never = (reason: string): Judgement => ({ reason, retryAfterMs: 0 });
const later = (reason: string): Judgement => ({ reason, retryAfterMs: soonMs });

/**
 * Whether an announcement can be true by what is known without asking anybody: a review of its token decides. Its order: what
 * can never be, then what cannot be yet. Nothing is said of pods that the sender has no token of.
 */
export function judge(request: AnnounceRequest, { pod, nature, holders }: Known): Judgement {
  const { namespace, revision, address } = request;
  const claims = claimsOf(request.token);
  if (!claims) return never('the token is not that of a pod');
  if (!claims.audiences.includes(announcementAudience)) return never(`the token is not for the audience ${announcementAudience}`);
  if (claims.namespace !== namespace || claims.pod.name !== request.pod) return never('the token is that of another pod');
  if (!isPodAddress(address)) return never('the address is not one a pod can have');
  if (!pod) return later('the pod is not known (yet)');
  if (pod.metadata.uid !== claims.pod.uid) return never('the token is that of an earlier pod');
  if (pod.metadata.labels?.[labels.revision] !== revision) return never('the pod is not one of this revision');
  if (pod.metadata.deletionTimestamp !== undefined) return never('the pod is on its way out');
  if (pod.status?.podIP) return never('the address of the pod is known');
  if (holders.some((holder) => holder !== `${namespace}/${request.pod}`)) return never('the address is that of another pod');
  if (!nature) return later('the revision is not known (yet)');
  if (nature.onlyKubernetesKnows) return never('only Kubernetes can tell whether this revision is ready');
  return { uid: claims.pod.uid };
}
