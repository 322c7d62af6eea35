import { type AutoscalerConfig, autoscalerRows, parseAutoscaler } from './autoscaler.ts';
import { type CertManagerConfig, certManagerRows, parseCertManager } from './certmanager.ts';
import { type DefaultsConfig, defaultsRows, parseDefaults } from './defaults.ts';
import { type DeploymentConfig, deploymentRows, parseDeployment } from './deployment.ts';
import { type DomainConfig, parseDomain } from './domain.ts';
import { type FeatureName, type FeaturesConfig, featureFlags, flagValues, parseFeatures } from './features.ts';
import { type GCConfig, gcRows, parseGC } from './gc.ts';
import { type LeaderElectionConfig, leaderElectionRows, parseLeaderElection } from './leader-election.ts';
import { type LoggingConfig, loggingRows, parseLogging } from './logging.ts';
import type { ConfigMapName } from './names.ts';
import { type NetworkConfig, networkRows, parseNetwork } from './network.ts';
import { type ObservabilityConfig, observabilityRows, parseObservability } from './observability.ts';
import { type Row, row } from './row.ts';

/** What each config map reads to. */
export interface Configs {
  'config-autoscaler': AutoscalerConfig;
  'config-certmanager': CertManagerConfig;
  'config-defaults': DefaultsConfig;
  'config-deployment': DeploymentConfig;
  'config-domain': DomainConfig;
  'config-features': FeaturesConfig;
  'config-gc': GCConfig;
  'config-leader-election': LeaderElectionConfig;
  'config-logging': LoggingConfig;
  'config-network': NetworkConfig;
  'config-observability': ObservabilityConfig;
}

interface Table<T> {
  /** `app.kubernetes.io/component` of the config map. */
  component: string;
  /** Throws when the data is not acceptable; the text is what the user sees. */
  parse(data: Record<string, string>): T;
  /** What there is to set, for the `_example` and the documentation. */
  rows: readonly Row<unknown>[];
}

/** A row of a map whose parse function does not go by its rows. */
const text = (key: string, value: string, doc: string): Row<unknown> => row.text(key, value, doc);

const flagRows = (Object.keys(featureFlags) as FeatureName[]).map((key) => {
  const { default: value, doc } = featureFlags[key];
  return text(key, value, `${doc} ${flagValues(key).join(', ')}.`);
});

/** Every config map: one place for its component, its rows and its reading. */
export const configTables: { [N in ConfigMapName]: Table<Configs[N]> } = {
  'config-autoscaler': { component: 'autoscaler', parse: parseAutoscaler, rows: Object.values(autoscalerRows) },
  'config-certmanager': { component: 'controller', parse: parseCertManager, rows: Object.values(certManagerRows) },
  'config-defaults': { component: 'controller', parse: parseDefaults, rows: Object.values(defaultsRows) },
  'config-deployment': { component: 'controller', parse: parseDeployment, rows: Object.values(deploymentRows) },
  'config-domain': {
    component: 'controller',
    parse: parseDomain,
    rows: [
      text(
        'example.com',
        '',
        'A domain, as many as you like. Its value is empty, which makes it the default domain, or YAML with the labels routes must have: {selector: {app: nonprofit}}; with type: wildcard namespaces may get wildcard certificates for it. Without a default domain svc.<cluster domain> is it.',
      ),
    ],
  },
  'config-features': { component: 'controller', parse: parseFeatures, rows: flagRows },
  'config-gc': { component: 'controller', parse: parseGC, rows: Object.values(gcRows) },
  'config-leader-election': {
    component: 'controller',
    parse: parseLeaderElection,
    rows: [
      ...Object.values(leaderElectionRows),
      text(
        'map-lease-prefix.controller.example',
        'controller.example',
        'What the leases of a queue are called, for map-lease-prefix.<component>.<queue>.',
      ),
    ],
  },
  'config-logging': { component: 'logging', parse: parseLogging, rows: loggingRows },
  'config-network': { component: 'networking', parse: parseNetwork, rows: Object.values(networkRows) },
  'config-observability': { component: 'observability', parse: parseObservability, rows: Object.values(observabilityRows) },
};
