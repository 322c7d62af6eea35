import { type AutoscalerConfig, autoscalerRows, parseAutoscaler } from './autoscaler.ts';
import { type DefaultsConfig, defaultsRows, parseDefaults } from './defaults.ts';
import { type DeploymentConfig, deploymentRows, parseDeployment } from './deployment.ts';
import { type DomainConfig, parseDomain } from './domain.ts';
import { type FeaturesConfig, featureDefaults, parseFeatures } from './features.ts';
import type { ConfigMapName } from './names.ts';
import { type NetworkConfig, networkRows, parseNetwork } from './network.ts';
import {
  type GCConfig,
  gcRows,
  type LeaderElectionConfig,
  type LoggingConfig,
  leaderElectionRows,
  type ObservabilityConfig,
  observabilityRows,
  parseGC,
  parseLeaderElection,
  parseLogging,
  parseObservability,
} from './others.ts';
import type { Row } from './row.ts';

/** What each config map reads to. */
export interface Configs {
  'config-autoscaler': AutoscalerConfig;
  'config-certmanager': Record<string, string>;
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

const flagRows = Object.entries(featureDefaults).map(
  ([key, value]): Row<unknown> => ({ key, default: value, doc: 'Enabled, Allowed or Disabled.', parse: String }),
);

/** Every config map: one place for its component, its rows and its reading. */
export const configTables: { [N in ConfigMapName]: Table<Configs[N]> } = {
  'config-autoscaler': { component: 'autoscaler', parse: parseAutoscaler, rows: Object.values(autoscalerRows) },
  'config-certmanager': { component: 'controller', parse: (data) => data, rows: [] },
  'config-defaults': { component: 'controller', parse: parseDefaults, rows: Object.values(defaultsRows) },
  'config-deployment': { component: 'controller', parse: parseDeployment, rows: Object.values(deploymentRows) },
  'config-domain': {
    component: 'controller',
    parse: parseDomain,
    rows: [
      {
        key: 'example.com',
        default: '',
        doc: 'A domain; its value is empty (the default domain) or YAML with the labels routes must have: {selector: {app: nonprofit}}.',
        parse: String,
      },
    ],
  },
  'config-features': { component: 'controller', parse: parseFeatures, rows: flagRows },
  'config-gc': { component: 'controller', parse: parseGC, rows: Object.values(gcRows) },
  'config-leader-election': { component: 'controller', parse: parseLeaderElection, rows: Object.values(leaderElectionRows) },
  'config-logging': {
    component: 'logging',
    parse: parseLogging,
    rows: ['controller', 'autoscaler', 'queueproxy', 'webhook', 'activator', 'gateway'].map((c) => ({
      key: `loglevel.${c}`,
      default: 'info',
      doc: `How much ${c} logs: debug, info, warn or error.`,
      parse: String,
    })),
  },
  'config-network': { component: 'networking', parse: parseNetwork, rows: Object.values(networkRows) },
  'config-observability': { component: 'observability', parse: parseObservability, rows: Object.values(observabilityRows) },
};
