import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { type Access, read, settingsAccess } from '@ebb/shared/kube/access.ts';

/** What the activator does in the cluster: it only looks, and asks whose token a pod announced itself with. */
export const access: readonly Access[] = [
  settingsAccess,
  { kind: kinds.Revision, verbs: read },
  { kind: builtin.Service, verbs: read },
  { kind: builtin.Endpoints, verbs: read },
  { kind: builtin.Pod, verbs: read },
  { kind: builtin.TokenReview, verbs: ['create'] },
];
