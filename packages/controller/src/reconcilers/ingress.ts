import { annotations, findAnnotation } from '@ebb/shared/api/annotations.ts';
import { getCondition, type Marks } from '@ebb/shared/api/conditions.ts';
import { type Ingress, kinds } from '@ebb/shared/api/kinds.ts';
import type { KubeObject } from '@ebb/shared/api/meta.ts';
import type { NetworkConfig } from '@ebb/shared/config/network.ts';
import type { Write } from '@ebb/shared/kube/reconciler.ts';
import { jsonEqual } from '@ebb/shared/lib/equal.ts';

/** What Route and DomainMapping have in common: an Ingress that is theirs and that they wait for. */

const notInherited: readonly string[] = [annotations.lastApplied[0], annotations.certificateClass[1], annotations.ingressClass[1]];

/** The annotations of an owner's Ingress (contract control-plane 2.4): its class, what is added, the owner's own. */
export function ingressAnnotations(owner: KubeObject, network: NetworkConfig, added: Record<string, string> = {}): Record<string, string> {
  const own = owner.metadata.annotations;
  return {
    [annotations.ingressClass[0]]: findAnnotation(own, 'ingressClass')?.value || network.ingressClass,
    ...added,
    ...Object.fromEntries(Object.entries(own ?? {}).filter(([key]) => !notInherited.includes(key))),
  };
}

/** `Enabled`, `Redirected` or none of both (contract control-plane 7.5.5). Throws on an annotation that is neither. */
export function httpOptionOf(owner: KubeObject, network: NetworkConfig): { httpOption?: 'Enabled' | 'Redirected' } {
  const own = findAnnotation(owner.metadata.annotations, 'httpOption')?.value;
  const value = (own || network.httpProtocol).toLowerCase();
  if (value === 'enabled') return { httpOption: 'Enabled' };
  if (value === 'redirected') return { httpOption: 'Redirected' };
  if (own) throw new Error(`incorrect http-protocol annotation: ${own}`);
  return {};
}

export const ingressNotConfigured = (marks: Marks): void =>
  marks.unknown('IngressReady', 'IngressNotConfigured', 'Ingress has not yet been reconciled.');

/** What makes the live Ingress the wanted one. */
export function ingressWrites(wanted: Ingress, live: Ingress | undefined): Write[] {
  if (!live) {
    const event = { type: 'Normal' as const, reason: 'Created', message: `Created Ingress ${JSON.stringify(wanted.metadata.name)}` };
    const failed = (error: Error) => ({
      event: { type: 'Warning' as const, reason: 'CreationFailed', message: `Failed to create Ingress: ${error.message}` },
    });
    return [{ verb: 'create', kind: kinds.Ingress, object: wanted, event, failed, doing: 'failed to create Ingress' }];
  }
  const same =
    jsonEqual(live.spec, wanted.spec) &&
    jsonEqual(live.metadata.annotations, wanted.metadata.annotations) &&
    jsonEqual(live.metadata.labels, wanted.metadata.labels);
  if (same) return [];
  const metadata = { ...live.metadata, labels: wanted.metadata.labels, annotations: wanted.metadata.annotations };
  const object: Ingress = { ...live, metadata, spec: wanted.spec };
  return [{ verb: 'update', kind: kinds.Ingress, object, doing: 'failed to update Ingress' }];
}

/** IngressReady as the Ingress has it, or not yet where it has not seen the wanted spec. */
export function followIngress(marks: Marks, wanted: Ingress, live: Ingress | undefined): void {
  const ready = getCondition(live?.status?.conditions, 'Ready');
  const seen = live?.metadata.generation === live?.status?.observedGeneration && jsonEqual(live?.spec, wanted.spec);
  if (!seen || !ready) ingressNotConfigured(marks);
  else if (ready.status === 'True') marks.true('IngressReady');
  else if (ready.status === 'False') marks.false('IngressReady', ready.reason ?? '', ready.message ?? '');
  else marks.unknown('IngressReady', ready.reason, ready.message);
}
