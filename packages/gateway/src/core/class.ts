import { findAnnotation } from '@ebb/shared/api/annotations.ts';
import type { Ingress } from '@ebb/shared/api/kinds.ts';
import { ebbIngressClass } from '@ebb/shared/api/system.ts';

/** Whether an Ingress is of this gateway's class. Every other is left alone (contract data-plane 4.7, `ingressclass`). */
export function isOurs(ingress: Ingress): boolean {
  return findAnnotation(ingress.metadata.annotations, 'ingressClass')?.value === ebbIngressClass;
}
