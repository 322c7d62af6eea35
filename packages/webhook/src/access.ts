import { builtin } from '@ebb/shared/api/builtin.ts';
import { defaultSystemNamespace } from '@ebb/shared/api/system.ts';
import { type Access, leaseAccess, read, settingsAccess } from '@ebb/shared/kube/access.ts';
import { secretName } from './certs/check.ts';
import { registrations } from './registration/desired.ts';

/** What the webhook does in the cluster. Of the objects that are installed with it, it makes its secret anew. */
export const access: readonly Access[] = [
  settingsAccess,
  leaseAccess,
  // `create` with `patch` and a name is the right to make this one by server-side apply; a POST has no name and is refused.
  { kind: builtin.Secret, verbs: [...read, 'create', 'update', 'patch'], system: true, names: [secretName] },
  // Only ever as a dry run, which no rule can say.
  { kind: builtin.Pod, verbs: ['create'] },
  // The owner of its registration.
  { kind: builtin.Namespace, verbs: ['get'], names: [defaultSystemNamespace] },
  ...registrations.map(({ kind, name }): Access => ({ kind: builtin[kind], verbs: [...read, 'update'], names: [name] })),
];
