import type { ApiContext } from '../api/defaults/context.ts';
import { configTables } from '../config/tables.ts';

/** Settings as they are installed, with `data` of single config maps over them. */
export function apiConfig(
  data: { autoscaler?: Record<string, string>; defaults?: Record<string, string>; features?: Record<string, string> } = {},
) {
  return {
    'config-autoscaler': configTables['config-autoscaler'].parse(data.autoscaler ?? {}),
    'config-defaults': configTables['config-defaults'].parse(data.defaults ?? {}),
    'config-features': configTables['config-features'].parse(data.features ?? {}),
  };
}

/** What defaulting and validation know, with the settings as they are installed. */
export const apiContext = (over: Partial<ApiContext> = {}): ApiContext => ({ config: apiConfig(), ...over });
