import { tryConfig } from '../testing/config-cases.ts';
import { configTables } from './tables.ts';

tryConfig('config-features', {
  accepted: [
    ...configTables['config-features'].rows.map((r): [string, string, Record<string, unknown>] => [
      r.key,
      'eNABLED',
      { [r.key]: 'Enabled' },
    ]),
    ['secure-pod-defaults', 'allowrootbounded', { 'secure-pod-defaults': 'AllowRootBounded' }],
    ['secure-pod-defaults', 'Allowed', { 'secure-pod-defaults': 'Disabled' }],
    ['kubernetes.podspec-affinity', 'allowed', { 'kubernetes.podspec-affinity': 'Allowed' }],
    ['kubernetes.podspec-affinity', 'on', { 'kubernetes.podspec-affinity': 'Disabled' }],
    ['multi-container', ' Disabled', { 'multi-container': 'Enabled' }],
  ],
  refused: [],
});
