import { findAnnotation } from '@ebb/shared/api/annotations.ts';
import type { Container } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import { isQuantity, parseQuantity } from '@ebb/shared/lib/quantity.ts';
import { servingContainer } from './containers.ts';
import type { Settings } from './queue-proxy.ts';

type Side = 'requests' | 'limits';
type Resource = 'cpu' | 'memory' | 'ephemeral-storage';

const feature = { requests: { cpu: '25m', memory: '400Mi' }, limits: { cpu: '1000m', memory: '800Mi' } } as const;

/** Between what a share of the user container's resources is kept. */
const bounds = {
  requests: { cpu: ['25m', '100m'], memory: ['50Mi', '200Mi'] },
  limits: { cpu: ['40m', '500m'], memory: ['200Mi', '500Mi'] },
} as const;

const annotated = {
  requests: { cpu: 'queueCPURequest', memory: 'queueMemoryRequest', 'ephemeral-storage': 'queueEphemeralStorageRequest' },
  limits: { cpu: 'queueCPULimit', memory: 'queueMemoryLimit', 'ephemeral-storage': 'queueEphemeralStorageLimit' },
} as const;

const configured = {
  requests: { cpu: 'queueCpuRequest', memory: 'queueMemoryRequest', 'ephemeral-storage': 'queueEphemeralStorageRequest' },
  limits: { cpu: 'queueCpuLimit', memory: 'queueMemoryLimit', 'ephemeral-storage': 'queueEphemeralStorageLimit' },
} as const;

/** Thousandths, rounded up as Kubernetes does; the arithmetic of floating point must not make one more of it. */
const milli = (quantity: string | number): number => Math.ceil(Number((parseQuantity(quantity) * 1000).toFixed(6)));

function write(thousandths: number): string {
  if (thousandths % 1000 !== 0) return `${thousandths}m`;
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti'];
  let n = thousandths / 1000;
  while (n >= 1024 && n % 1024 === 0 && units.length > 1) {
    units.shift();
    n /= 1024;
  }
  return `${n}${units[0]}`;
}

/** The share of what the user container has, within its bounds; nothing of nothing. */
function share(of: string | number | undefined, percentage: number, [least, most]: readonly [string, string]): string | undefined {
  if (of === undefined || !isQuantity(of) || parseQuantity(of) === 0) return undefined;
  const part = Math.trunc(milli(of) * (percentage / 100));
  if (part < milli(least)) return least;
  return part > milli(most) ? most : write(part);
}

/**
 * What queue-proxy asks for and may use (contract control-plane 7.4 item 6): the annotation of the resource, else the
 * share of the user container, else what is configured, else what the feature gives. A CPU request there always is.
 */
export function queueResources(revision: Revision, settings: Settings): NonNullable<Container['resources']> {
  const { annotations } = revision.metadata;
  const config = settings['config-deployment'];
  const more = settings['config-features']['queueproxy.resource-defaults'] === 'Enabled';
  const user = servingContainer(revision.spec)?.resources;
  const text = findAnnotation(annotations, 'queueResourcePercentage')?.value ?? '';
  const percentage = text.trim() === '' ? Number.NaN : Number(text);

  const one = (side: Side, resource: Resource): string | undefined => {
    const own = findAnnotation(annotations, annotated[side][resource])?.value;
    if (own !== undefined && isQuantity(own)) return own;
    if (resource === 'ephemeral-storage') return config[configured[side][resource]];
    const part = Number.isNaN(percentage) ? undefined : share(user?.[side]?.[resource], percentage, bounds[side][resource]);
    return part ?? config[configured[side][resource]] ?? (more ? feature[side][resource] : undefined);
  };
  const all = (side: Side): Record<string, string> => {
    const values = (['cpu', 'memory', 'ephemeral-storage'] as const).map((r) => [r, one(side, r)] as const);
    return Object.fromEntries(values.filter((e): e is [Resource, string] => e[1] !== undefined));
  };
  const [requests, limits] = [{ cpu: feature.requests.cpu, ...all('requests') }, all('limits')];
  return Object.keys(limits).length > 0 ? { limits, requests } : { requests };
}
