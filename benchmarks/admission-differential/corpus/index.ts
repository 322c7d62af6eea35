import type { Case } from './case.ts';
import { configMapCases } from './config-maps.ts';
import type { ConfigSet } from './config-sets.ts';
import { containerRows, revisionRows } from './containers.ts';
import { edited, type Json, type Rows } from './edit.ts';
import { certificateRows, ingressRows, metricRows, podAutoscalerRows, serverlessServiceRows } from './internal.ts';
import { autoscalingRows, nameRows, ownRows, templateGenerateNameRows, templateNameRows, templateRows } from './metadata.ts';
import { mutationCases } from './mutations.ts';
import { podRows } from './pod-fields.ts';
import { probeRows } from './probes.ts';
import { requestCases } from './requests.ts';
import { securityRows } from './security.ts';
import {
  certificate,
  configuration,
  domainMapping,
  ingress,
  metric,
  podAutoscaler,
  revisionObject,
  route,
  serverlessService,
  service,
} from './seeds.ts';
import { domainMappingRows, routeTrafficRows, serviceTrafficRows } from './traffic.ts';
import { updateCases } from './updates.ts';
import { volumeRows } from './volumes.ts';

/** A table of odd things, each done to a valid object that is then created under some settings. */
const create = (seed: Json, config: ConfigSet, rows: Rows, more: Partial<Case> = {}): Case[] =>
  Object.entries(rows).map(([id, edit]) => ({
    id: `${seed.kind}${config === 'stock' ? '' : `, ${config}`}${more.undefaulted ? ', undefaulted' : ''}: ${id}`,
    config,
    kind: seed.kind,
    operation: 'CREATE',
    object: edited(seed, edit),
    ...more,
  }));

const flagged: Rows = { ...podRows, ...securityRows, ...volumeRows };
const allPodRows: Rows = { ...revisionRows, ...containerRows, ...probeRows, ...flagged };
const own: Rows = { ...nameRows, ...ownRows };

/** Everything both webhooks are asked. */
export const corpus: readonly Case[] = [
  ...requestCases,
  ...create(service, 'stock', {
    ...allPodRows,
    ...autoscalingRows,
    ...templateRows,
    ...templateNameRows,
    ...templateGenerateNameRows,
    ...own,
    ...serviceTrafficRows,
  }),
  ...create(service, 'allowed', { ...flagged, ...probeRows, ...revisionRows }),
  ...create(service, 'enabled', { ...flagged, ...probeRows }),
  ...create(service, 'secure', securityRows),
  ...create(service, 'bounded', securityRows),
  ...create(service, 'narrow', { ...revisionRows, ...containerRows, ...podRows, ...autoscalingRows }),
  ...create(service, 'open', { ...revisionRows, ...securityRows }),
  ...create(service, 'stock', { ...probeRows, ...containerRows, ...volumeRows }, { undefaulted: true }),
  ...create(configuration, 'stock', { ...revisionRows, ...templateRows, ...templateNameRows, ...own }),
  ...create(revisionObject, 'stock', { ...revisionRows, ...podRows, ...autoscalingRows, ...own }),
  ...create(route, 'stock', { ...routeTrafficRows, ...own }),
  ...create(domainMapping, 'stock', { ...domainMappingRows, ...ownRows }),
  ...create(podAutoscaler, 'stock', { ...podAutoscalerRows, ...nameRows, ...autoscalingRows }),
  ...create(podAutoscaler, 'narrow', { ...podAutoscalerRows }),
  ...create(metric, 'stock', { ...metricRows, ...nameRows }),
  ...create(serverlessService, 'stock', serverlessServiceRows),
  ...create(ingress, 'stock', ingressRows),
  ...create(certificate, 'stock', certificateRows),
  ...updateCases,
  ...configMapCases,
  ...mutationCases,
];
