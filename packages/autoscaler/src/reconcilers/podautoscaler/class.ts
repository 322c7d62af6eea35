import { findAnnotation } from '@ebb/shared/api/annotations.ts';
import type { PodAutoscaler } from '@ebb/shared/api/kinds.ts';
import type { ConfigStore } from '@ebb/shared/config/store.ts';

/** Who scales a PodAutoscaler: its annotation says, or the cluster's default. */
export const classOf = (pa: PodAutoscaler, config: ConfigStore): string =>
  findAnnotation(pa.metadata.annotations, 'class')?.value ?? config.get('config-autoscaler').podAutoscalerClass;
