import { expect, test } from 'vitest';
import { parseConfig } from '../testing/config-cases.ts';
import type { ConfigMapName } from './names.ts';
import { configTables } from './tables.ts';

test('an older spelling counts where the key is not set, and no longer', () => {
  const old = { progressDeadline: '10s' };
  expect(parseConfig('config-deployment', old)).toMatchObject({ progressDeadlineMs: 10_000 });
  expect(parseConfig('config-deployment', { ...old, 'progress-deadline': '20s' })).toMatchObject({ progressDeadlineMs: 20_000 });
  expect(parseConfig('config-network', { autoTLS: 'Enabled', 'external-domain-tls': 'Disabled' })).toMatchObject({
    externalDomainTLS: false,
  });
  expect(parseConfig('config-network', { autoTLS: 'Enabled', 'auto-tls': 'Disabled' })).toMatchObject({ externalDomainTLS: false });
});

test('each older spelling of the contract is known', () => {
  const aliases = (name: ConfigMapName) => configTables[name].rows.flatMap((r) => r.aliases ?? []).sort();
  expect(aliases('config-deployment')).toEqual(
    `digestResolutionTimeout progressDeadline queueSidecarCPULimit queueSidecarCPURequest queueSidecarEphemeralStorageLimit
     queueSidecarEphemeralStorageRequest queueSidecarImage queueSidecarMemoryLimit queueSidecarMemoryRequest
     registriesSkippingTagResolving`.split(/\s+/),
  );
  expect(aliases('config-network')).toEqual(
    `auto-tls autoTLS autocreateClusterDomainClaims certificate.class defaultExternalScheme domainTemplate httpProtocol ingress.class
     rolloutDuration tagTemplate`.split(/\s+/),
  );
  expect(aliases('config-leader-election')).toEqual(['leaseDuration', 'renewDeadline', 'retryPeriod']);
});
