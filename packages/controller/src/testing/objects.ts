import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { apiVersionOf, type CommonStatus, type Condition, type Kind, type KubeObject } from '@ebb/shared/api/meta.ts';

/** When golden reconciles happen, and when everything before them did. */
export const now = Date.parse('2026-01-01T12:00:00Z');
const earlier = '2026-01-01T11:00:00Z';

/** An object as `*.in.yaml` writes it: short, the rest follows from it. */
export interface Short {
  /** Wanted for kinds of Kubernetes itself: `v1`, `apps/v1`. */
  apiVersion?: string;
  kind: string;
  /** `Kind/name` of its controller owner. */
  owner?: string;
  metadata: Partial<KubeObject['metadata']> & { name: string };
  spec?: unknown;
  /** `conditions` may be a map: type → status, or [status, reason, message]. */
  status?: CommonStatus & { conditions?: Condition[] | Record<string, string | [string, string?, string?]> };
  [field: string]: unknown;
}

export function kindOf(apiVersion: string | undefined, kind: string): Kind {
  const found = [...Object.values(kinds), ...Object.values(builtin)].find(
    (k) => k.kind === kind && (apiVersion === undefined || apiVersionOf(k) === apiVersion),
  );
  if (!found) throw new Error(`no kind ${apiVersion ?? ''} ${kind}`);
  return found;
}

const ownKinds = (kind: string) => kindOf(undefined, kind);
const uidOf = (kind: string, name: string): string => `uid-of-${kind.toLowerCase()}-${name}`;

/** Conditions that inform only (contract control-plane 1.4). */
const informing = ['Revision/Active', 'ServerlessService/ActivatorEndpointsPopulated'];

function conditionsOf(kind: string, given: NonNullable<Short['status']>['conditions']): Condition[] | undefined {
  if (given === undefined || Array.isArray(given)) return given;
  const one = ([type, value]: [string, string | [string, string?, string?]]): Condition => {
    const [status, reason, message] = Array.isArray(value) ? value : [value];
    return {
      type,
      status: status as Condition['status'],
      ...(reason ? { reason } : {}),
      ...(message ? { message } : {}),
      ...(informing.includes(`${kind}/${type}`) ? { severity: 'Info' as const } : {}),
      lastTransitionTime: earlier,
    };
  };
  return Object.entries(given as Record<string, string | [string, string?, string?]>)
    .map(one)
    .sort((x, y) => (x.type < y.type ? -1 : 1));
}

/** The whole object: namespace default, a UID by kind and name, generation 1, observed when it has a status. */
export function expand({ owner, ...short }: Short): KubeObject {
  const kind = kindOf(short.apiVersion, short.kind);
  const { name } = short.metadata;
  const generation = short.metadata.generation ?? 1;
  const [ownerKind, ownerName] = owner?.split('/') ?? [];
  const ownerReferences = ownerKind &&
    ownerName && [
      {
        apiVersion: apiVersionOf(ownKinds(ownerKind)),
        kind: ownerKind,
        name: ownerName,
        uid: uidOf(ownerKind, ownerName),
        controller: true,
        blockOwnerDeletion: true,
      },
    ];
  const status = short.status && {
    observedGeneration: generation,
    ...short.status,
    ...(short.status.conditions ? { conditions: conditionsOf(short.kind, short.status.conditions) } : {}),
  };
  return {
    ...short,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: {
      namespace: 'default',
      uid: uidOf(kind.kind, name),
      resourceVersion: '1',
      generation,
      ...short.metadata,
      ...(ownerReferences ? { ownerReferences } : {}),
    },
    ...(status ? { status } : {}),
  };
}
