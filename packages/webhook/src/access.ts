import { builtin } from '@ebb/shared/api/builtin.ts';
import { defaultSystemNamespace } from '@ebb/shared/api/system.ts';
import { type Access, leaseAccess, read, settingsAccess } from '@ebb/shared/kube/access.ts';
import { secretName } from './certs/check.ts';
import { registrations } from './registration/desired.ts';

/** What the webhook does in the cluster. It fills objects that are installed with it, and makes none. */
export const access: readonly Access[] = [
  settingsAccess,
  leaseAccess,
  { kind: builtin.Secret, verbs: [...read, 'update'], system: true, names: [secretName] },
  // The owner of its registration.
  { kind: builtin.Namespace, verbs: ['get'], names: [defaultSystemNamespace] },
  ...registrations.map(({ kind, name }): Access => ({ kind: builtin[kind], verbs: [...read, 'update'], names: [name] })),
];
