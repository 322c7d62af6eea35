import type { ApiContext } from '@ebb/shared/api/defaults/context.ts';
import { withDefaults } from '@ebb/shared/api/defaults/index.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import type { KubeObject } from '@ebb/shared/api/meta.ts';
import { errorText, warningLines } from '@ebb/shared/api/validate/field-error.ts';
import { type ServedKind, servedKinds, validateObject } from '@ebb/shared/api/validate/index.ts';
import { decodeObject } from '@ebb/shared/api/wire/decode.ts';
import { jsonPatch } from './json-patch.ts';
import type { AdmissionRequest, Decision } from './review.ts';

/** What decisions need besides the request: the settings as they are now, and the cluster's domain. */
export type Settings = Pick<ApiContext, 'config' | 'clusterDomain'>;

const served = (kind: AdmissionRequest['kind']): ServedKind | undefined =>
  servedKinds.find((n) => kinds[n].group === kind.group && kinds[n].version === kind.version && n === kind.kind);

/** A request as decisions are made on it. */
export interface Asked {
  name: ServedKind;
  /** Absent when something is deleted. */
  object: KubeObject | undefined;
  ctx: ApiContext;
}

/** Why a request cannot be decided, in the contract's words but for what they begin with. */
class Unreadable extends Error {}

/** An object as its type has it, with the namespace it comes to: it need not say which. */
function read(name: ServedKind, which: 'new' | 'old', object: KubeObject, namespace: string | undefined): KubeObject {
  try {
    const out = decodeObject<KubeObject>(name, object);
    return { ...out, metadata: { ...out.metadata, namespace: out.metadata?.namespace ?? namespace ?? '' } };
  } catch (error) {
    throw new Unreadable(`cannot decode incoming ${which} object: ${(error as Error).message}`);
  }
}

/** Kind, object and context of a request; throws Unreadable. */
function prepare(request: AdmissionRequest, settings: Settings): Asked {
  const { operation, kind, namespace } = request;
  const name = served(kind);
  if (!name) throw new Unreadable(`unhandled kind: ${kind.group}/${kind.version}, Kind=${kind.kind}`);
  const object = request.object ? read(name, 'new', request.object, namespace) : undefined;
  const old = request.oldObject ? read(name, 'old', request.oldObject, namespace) : undefined;
  return {
    name,
    object,
    ctx: {
      ...settings,
      operation: operation as Asked['ctx']['operation'],
      subresource: request.subResource ?? '',
      username: request.userInfo?.username,
      before: operation === 'UPDATE' ? old : undefined,
    },
  };
}

const nothing = 'the new object may not be nil';
const decided = (operation: string): boolean => operation === 'CREATE' || operation === 'UPDATE';

/**
 * `/defaulting`: the patch that makes an object what its type has of it and fills in what it leaves open (contract
 * control-plane part 3). Other operations than CREATE and UPDATE pass.
 */
export function mutate(request: AdmissionRequest, settings: Settings): Decision {
  if (!decided(request.operation)) return {};
  try {
    const { name, object, ctx } = prepare(request, settings);
    if (!object) return { denied: `mutation failed: ${nothing}` };
    return { patch: jsonPatch(inNamespace(request.object, object), withDefaults(name, object, ctx)) };
  } catch (error) {
    return { denied: `mutation failed: ${(error as Error).message}` };
  }
}

/** The object as it came, with the namespace it was seen with: of that there is nothing to patch. */
const inNamespace = (came: KubeObject | null | undefined, { metadata }: KubeObject): unknown => ({
  ...came,
  metadata: { ...came?.metadata, namespace: metadata.namespace },
});

/** `/resource-validation`: what is wrong with an object (contract control-plane part 4). A deletion is only read. */
export function validate(request: AdmissionRequest, settings: Settings): Decision {
  let asked: Asked;
  try {
    asked = prepare(request, settings);
  } catch (error) {
    if (error instanceof Unreadable) return { denied: `decoding request failed: ${error.message}` };
    throw error;
  }
  if (!decided(request.operation)) return {};
  if (!asked.object) return { denied: `validation failed: ${nothing}` };
  const errors = validateObject(asked.name, asked.object, asked.ctx);
  const text = errorText(errors);
  return { warnings: warningLines(errors), ...(text ? { denied: `validation failed: ${text}` } : {}) };
}
