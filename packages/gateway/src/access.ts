import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { type Access, eventAccess, leaseAccess, read, settingsAccess } from '@ebb/shared/kube/access.ts';

/** What the gateway does in the cluster. */
export const access: readonly Access[] = [
  settingsAccess,
  leaseAccess,
  eventAccess,
  { kind: kinds.Ingress, verbs: read },
  { kind: kinds.Ingress, subresource: 'status', verbs: ['update'] },
  { kind: builtin.Service, verbs: read },
  { kind: builtin.Endpoints, verbs: read },
  // Certificates: an Ingress names them in any namespace, and they are renewed. Only those of type kubernetes.io/tls are asked for.
  { kind: builtin.Secret, verbs: ['list', 'watch'] },
];
