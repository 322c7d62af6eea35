import type { Marks } from '@ebb/shared/api/conditions.ts';
import { boundsOf } from './scale.ts';
import type { Spec } from './spec.ts';

export interface StatusInput {
  want: number;
  readyPods: number;
  serviceName: string;
}

/** Active and ScaleTargetInitialized (contract data-plane 3.9). */
export function markActivity(marks: Marks, spec: Spec, s: StatusInput): void {
  const initialized = marks.is('ScaleTargetInitialized', 'True');
  const bounds = boundsOf(spec, initialized);
  const minReady = initialized ? Math.max(bounds.min, 1) : Math.max(bounds.min, spec.initialScale);
  const inactive = marks.is('Active', 'False');
  const activating = marks.is('Active', 'Unknown');
  if (s.want === 0 || minReady === 0) {
    if (activating && minReady > 0) marks.false('Active', 'TimedOut', 'The target could not be activated.');
    else marks.false('Active', 'NoTraffic', 'The target is not receiving traffic.');
  } else if (s.readyPods < minReady) {
    if (s.want > 0 || !inactive)
      marks.unknown('Active', 'Queued', 'Requests to the target are being buffered as resources are provisioned.');
    else marks.false('Active', 'NoTraffic', 'The target is not receiving traffic.');
  } else if (s.want > 0 || !inactive) marks.true('Active');
  if (s.readyPods >= minReady && s.serviceName !== '') marks.true('ScaleTargetInitialized');
}
