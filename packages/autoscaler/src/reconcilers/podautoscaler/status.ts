import { getCondition, isReady, type Marks } from '@ebb/shared/api/conditions.ts';
import type { PodAutoscaler, ServerlessService } from '@ebb/shared/api/kinds.ts';
import type { ScaleInput } from '../../core/scale.ts';

/** How long a condition has been as it is, ms; times have whole seconds. */
const heldForMs = (time: string | undefined, now: number): number => (time ? Math.max(0, now - Date.parse(time)) : 0);

/** What the conditions of a PodAutoscaler and its ServerlessService say about the way to and from zero. */
export function activityOf(
  pa: PodAutoscaler,
  sks: ServerlessService,
  now: number,
): Pick<ScaleInput, 'active' | 'activeForMs' | 'sksMode' | 'proxyForMs'> {
  const active = getCondition(pa.status?.conditions, 'Active');
  const proxied = getCondition(sks.status?.conditions, 'ActivatorEndpointsPopulated');
  return {
    active: active?.status ?? 'Unknown',
    activeForMs: heldForMs(active?.lastTransitionTime, now),
    sksMode: sks.spec.mode ?? 'Proxy',
    proxyForMs: proxied?.status === 'True' ? heldForMs(proxied.lastTransitionTime, now) : undefined,
  };
}

/** SKSReady follows the ServerlessService (contract control-plane 7.8, step 5). */
export function followSKS(marks: Marks, sks: ServerlessService): void {
  if (isReady(sks)) marks.true('SKSReady');
  else marks.unknown('SKSReady', 'NotReady', getCondition(sks.status?.conditions, 'Ready')?.message);
}
