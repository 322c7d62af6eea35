import type { Marks } from '@ebb/shared/api/conditions.ts';
import { boundsOf } from './scale.ts';
import type { Spec } from './spec.ts';

export interface StatusInput {
  /** What the revision is to have: -1 unknown. */
  want: number;
  readyPods: number;
  serviceName: string;
}

/** Pods without which a revision is not active (contract data-plane 3.9). */
export function leastReady(spec: Spec, initialized: boolean): number {
  return Math.max(boundsOf(spec, initialized).min, initialized ? 1 : spec.initialScale);
}

/** Active and ScaleTargetInitialized (contract data-plane 3.9). */
export function markActivity(marks: Marks, spec: Spec, s: StatusInput): void {
  const initialized = marks.is('ScaleTargetInitialized', 'True');
  const minReady = leastReady(spec, initialized);
  const inactive = marks.is('Active', 'False');
  const noTraffic = () => marks.false('Active', 'NoTraffic', 'The target is not receiving traffic.');
  if (s.want === 0 || minReady === 0) {
    if (marks.is('Active', 'Unknown') && minReady > 0) marks.false('Active', 'TimedOut', 'The target could not be activated.');
    else noTraffic();
  } else if (s.want < 0 && inactive) {
    if (s.readyPods < minReady) noTraffic();
  } else if (s.readyPods < minReady) {
    marks.unknown('Active', 'Queued', 'Requests to the target are being buffered as resources are provisioned.');
  } else marks.true('Active');
  if (s.readyPods >= minReady && s.serviceName !== '') marks.true('ScaleTargetInitialized');
}
