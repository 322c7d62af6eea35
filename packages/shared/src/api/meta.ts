import type * as k8s from '@kubernetes/client-node';

/** A type as it travels in JSON: client-node's models hold `Date`, the wire holds RFC 3339 text. */
export type Json<T> = T extends Date ? string : T extends (infer U)[] ? Json<U>[] : T extends object ? { [K in keyof T]: Json<T[K]> } : T;

/** Object metadata; name and namespace are read so often that they are not optional here. */
export type ObjectMeta = Omit<Json<k8s.V1ObjectMeta>, 'name' | 'namespace'> & { name: string; namespace: string };
export type OwnerReference = Json<k8s.V1OwnerReference>;

/** What every object in the API has. Cluster-scoped objects have the namespace ''. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: unknown;
  status?: unknown;
}

/** One status condition (contract control-plane 0.3). */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  /** 'Info' on informational conditions, absent on Ready and what it depends on. */
  severity?: 'Info';
  /** RFC 3339, whole seconds. */
  lastTransitionTime?: string;
}

/** The status fields all our kinds share (contract control-plane 1.1). */
export interface CommonStatus {
  observedGeneration?: number;
  conditions?: Condition[];
  annotations?: Record<string, string>;
}

/** A resource type: enough to build its URL paths, and the TypeScript type of its objects. */
export interface Kind<T extends KubeObject = KubeObject> {
  /** '' for the core group. */
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  /** Never set; carries T for inference. */
  readonly type?: T;
}

/** `serving.knative.dev/v1`, or `v1` for the core group. */
export function apiVersionOf(kind: Kind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** A reference from a controller-owned child to its owner (contract control-plane 0.4). */
export function ownerReference(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The controller owner of an object, when it has one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((o) => o.controller);
}

/** Whether `owner` controls `object`: compared by UID, names may have been reused. */
export function isOwnedBy(object: KubeObject, owner: KubeObject): boolean {
  return owner.metadata.uid !== undefined && controllerOf(object)?.uid === owner.metadata.uid;
}

/** `namespace/name`: the key of an object within its kind. */
export function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
