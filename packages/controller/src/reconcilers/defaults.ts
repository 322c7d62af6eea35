import { withDefaults } from '@ebb/shared/api/defaults/index.ts';
import type { KindName } from '@ebb/shared/api/kinds.ts';
import type { KubeObject } from '@ebb/shared/api/meta.ts';
import type { ConfigStore } from '@ebb/shared/config/store.ts';

/** An object with the defaults of the live config maps (contract control-plane 0.4 step 3): in memory, never stored. */
export type Defaulter = <T extends KubeObject>(kind: KindName, object: T) => T;

export const defaulterOf =
  (config: ConfigStore): Defaulter =>
  (kind, object) =>
    withDefaults(kind, object, {
      config: {
        'config-autoscaler': config.get('config-autoscaler'),
        'config-defaults': config.get('config-defaults'),
        'config-features': config.get('config-features'),
      },
    });
