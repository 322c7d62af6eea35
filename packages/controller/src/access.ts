import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { defaultClusterDomain, defaultSystemNamespace } from '@ebb/shared/api/system.ts';
import { type Access, eventAccess, leaseAccess, reconcilerAccess, settingsAccess } from '@ebb/shared/kube/access.ts';
import { reconcilers } from './reconcilers/index.ts';

/** The reconcilers for the sake of their declarations: these need nothing that runs. */
const declared = reconcilers({
  env: { systemNamespace: defaultSystemNamespace, clusterDomain: defaultClusterDomain },
} as Parameters<typeof reconcilers>[0]);

/** What the controller does in the cluster. */
export const access: readonly Access[] = [
  settingsAccess,
  leaseAccess,
  eventAccess,
  ...reconcilerAccess(declared),
  // The labeler marks what a Route sends traffic to.
  { kind: kinds.Configuration, verbs: ['patch'] },
  { kind: kinds.Revision, verbs: ['patch'] },
  // Garbage collection.
  { kind: kinds.Revision, verbs: ['delete'] },
  // A DomainMapping claims its domain, and frees it.
  { kind: kinds.ClusterDomainClaim, verbs: ['create', 'delete'] },
  // A Route makes a Service anew when its type changes, and removes those of tags that went.
  { kind: builtin.Service, verbs: ['delete'] },
  // Who answers at a revision's public Service is written, not selected.
  { kind: builtin.Endpoints, verbs: ['create', 'update', 'delete'] },
  { kind: { group: '', plural: 'endpoints' }, subresource: 'restricted', verbs: ['create'] },
  // What a revision's images are pulled with.
  { kind: builtin.Secret, verbs: ['get'] },
  { kind: builtin.ServiceAccount, verbs: ['get'] },
  // Why a revision's first pod does not start.
  { kind: builtin.Pod, verbs: ['list'] },
];
