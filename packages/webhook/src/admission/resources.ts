import type { ApiContext } from '@ebb/shared/api/defaults/context.ts';
import { withDefaults } from '@ebb/shared/api/defaults/index.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import type { KubeObject } from '@ebb/shared/api/meta.ts';
import { errorText, warningLines } from '@ebb/shared/api/validate/field-error.ts';
import { type ServedKind, servedKinds, validateObject } from '@ebb/shared/api/validate/index.ts';
import { jsonPatch } from './json-patch.ts';
import type { AdmissionRequest, Decision } from './review.ts';

/** What decisions need besides the request: the settings as they are now, and the cluster's domain. */
export type Settings = Pick<ApiContext, 'config' | 'clusterDomain'>;

const served = (kind: AdmissionRequest['kind']): ServedKind | undefined =>
  servedKinds.find((n) => kinds[n].group === kind.group && kinds[n].version === kind.version && n === kind.kind);

/** Kind, object and context of a request, or the decision that is there already. */
function prepare(request: AdmissionRequest, settings: Settings): Decision | { name: ServedKind; object: KubeObject; ctx: ApiContext } {
  const { operation, kind } = request;
  if (operation !== 'CREATE' && operation !== 'UPDATE') return {};
  const name = served(kind);
  const gvk = `${kind.group}/${kind.version}, Kind=${kind.kind}`;
  if (!name) return { denied: `unhandled kind: ${gvk}` };
  if (!request.object) return { denied: `decoding request failed: ${gvk} without an object` };
  // An object that comes to a namespace need not say which.
  const inNamespace = (o: KubeObject): KubeObject => ({
    ...o,
    metadata: { ...o.metadata, namespace: o.metadata.namespace ?? request.namespace ?? '' },
  });
  return {
    name,
    object: inNamespace(request.object),
    ctx: {
      ...settings,
      operation,
      subresource: request.subResource ?? '',
      username: request.userInfo?.username,
      before: operation === 'UPDATE' && request.oldObject ? inNamespace(request.oldObject) : undefined,
    },
  };
}

/** `/defaulting`: the patch that fills in what an object leaves open (contract control-plane part 3). */
export function mutate(request: AdmissionRequest, settings: Settings): Decision {
  const p = prepare(request, settings);
  if (!('name' in p)) return p;
  try {
    return { patch: jsonPatch(p.object, withDefaults(p.name, p.object, p.ctx)) };
  } catch (error) {
    return { denied: `mutation failed: ${(error as Error).message}` };
  }
}

/** `/resource-validation`: what is wrong with an object (contract control-plane part 4). */
export function validate(request: AdmissionRequest, settings: Settings): Decision {
  const p = prepare(request, settings);
  if (!('name' in p)) return p;
  try {
    const errors = validateObject(p.name, p.object, p.ctx);
    const text = errorText(errors);
    return { warnings: warningLines(errors), ...(text ? { denied: `validation failed: ${text}` } : {}) };
  } catch (error) {
    return { denied: `validation failed: ${(error as Error).message}` };
  }
}
