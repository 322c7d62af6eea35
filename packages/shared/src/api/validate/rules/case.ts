import type { ServedKind } from '../index.ts';

/** An object that is asked about: what differs from a good one of its kind. */
export interface Case {
  kind: ServedKind;
  /** Over the spec of a good one; `null` takes a field away. */
  spec?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  /** An update of this. */
  before?: Pick<Case, 'spec' | 'metadata'>;
  status?: true;
  features?: Record<string, string>;
  defaults?: Record<string, string>;
  autoscaler?: Record<string, string>;
}

/** One rule of the contract: what it lets pass, and what it refuses with which text. */
export interface Rule {
  /** Section of contract control-plane, and what the rule is about. */
  id: string;
  accepts: readonly Case[];
  rejects: readonly (readonly [Case, string])[];
  /** The texts are warnings. */
  warns?: true;
}

export const image = 'example.com/hello';
export const of = (kind: ServedKind, spec: Case['spec'] = {}, more: Omit<Case, 'kind' | 'spec'> = {}): Case => ({ kind, spec, ...more });
export const metadata = (kind: ServedKind, m: Record<string, unknown>, more: Omit<Case, 'kind'> = {}): Case => ({
  kind,
  metadata: m,
  ...more,
});

type Settings = Pick<Case, 'features' | 'defaults' | 'autoscaler'>;
/** A Service whose template is this. */
export const template = (t: object, more: Settings & Pick<Case, 'metadata'> = {}): Case =>
  of('Service', { template: { spec: { containers: [{ image }] }, ...t } }, more);
/** A Service whose pod has one container and these fields. */
export const pod = (spec: object, more: Settings = {}): Case => template({ spec: { containers: [{ image }], ...spec } }, more);
/** A Service whose only container has these fields. */
export const container = (c: object, more: Settings = {}): Case => pod({ containers: [{ image, ...c }] }, more);
/** A Service whose template has these annotations. */
export const annotated = (annotations: Record<string, string>, more: Settings = {}): Case => template({ metadata: { annotations } }, more);
/** With these flags of config-features, Enabled; names without a dot are of the pod's spec. */
export const on = (...flags: string[]): Settings => ({
  features: Object.fromEntries(flags.map((f) => [/[.]|^multi|^secure/.test(f) ? f : `kubernetes.podspec-${f}`, 'Enabled'])),
});
export const allowed = (flag: string): Settings => ({ features: { [`kubernetes.podspec-${flag}`]: 'Allowed' } });

export const inPod = 'spec.template.spec';
export const inContainer = `${inPod}.containers[0]`;
export const inAnnotations = 'spec.template.metadata.annotations';
