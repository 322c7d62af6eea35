import type { Configs } from '../../config/tables.ts';
import type { KubeObject, ObjectMeta } from '../meta.ts';

/** What defaulting and validation know besides the object: plain values, so both stay pure. */
export interface ApiContext {
  config: Pick<Configs, 'config-autoscaler' | 'config-defaults' | 'config-features'>;
  /** Absent: in memory, in a reconciler (contract control-plane 0.4 step 3). */
  operation?: 'CREATE' | 'UPDATE' | 'DELETE';
  /** 'status', or '' for the object itself. */
  subresource?: string;
  /** The requesting user, as the API server authenticated it. */
  username?: string;
  /** The object before an update. */
  before?: KubeObject;
  /** The domain of the cluster, `cluster.local`: DomainMappings may not lie in it. */
  clusterDomain?: string;
}

/** What a container-name template and the checks of a template's name see of the object it stands in. */
export type ParentMeta = Partial<Pick<ObjectMeta, 'name' | 'namespace' | 'generateName' | 'labels' | 'annotations'>>;

/** Objects come from the wire: any field may be missing, and what the schema keeps may hold anything. */
export type Loose = Record<string, unknown>;

export const asObject = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {};
export const asList = <T>(value: readonly T[] | null | undefined): readonly T[] => (Array.isArray(value) ? value : []);
