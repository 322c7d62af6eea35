import type { DefaultsConfig } from '../../config/defaults.ts';
import { childName } from '../../lib/child-name.ts';
import { renderTemplate } from '../../lib/go-template.ts';
import { canonicalQuantity } from '../../lib/quantity.ts';
import type { Container, PodSpec, Probe } from '../builtin.ts';
import type { RevisionSpec } from '../kinds.ts';
import { asList, type ParentMeta } from './context.ts';

/** The container that serves: the only one, or the one with ports. */
export const isServing = (container: Container, all: readonly Container[]): boolean =>
  all.length === 1 || asList(container.ports).length > 0;

const namesIn = (containers: readonly Container[]): string[] => containers.map((c) => c.name).filter(Boolean);

/** Names for containers without one (contract control-plane 3 rule 12), by a template over the parent's metadata. */
function named(containers: readonly Container[], template: string, parent: ParentMeta, taken: Set<string>): Container[] {
  const base = renderTemplate(template, {
    Name: parent.name ?? '',
    Namespace: parent.namespace ?? '',
    GenerateName: parent.generateName ?? '',
    Labels: parent.labels ?? {},
    Annotations: parent.annotations ?? {},
  });
  const numbered = containers.length > 1 || base === '' || taken.has(base);
  let next = 0;
  return containers.map((c) => {
    if (c.name) return c;
    let name = base;
    while (numbered) {
      name = childName(base, `-${next++}`);
      if (!taken.has(name)) break;
    }
    taken.add(name);
    return { ...c, name };
  });
}

/** Both lists of containers with names; `taken` are those the user gave in either. */
export function withNames(
  spec: RevisionSpec,
  config: DefaultsConfig,
  parent: ParentMeta,
): Pick<RevisionSpec, 'containers' | 'initContainers'> {
  const [containers, init] = [asList(spec.containers), asList(spec.initContainers)];
  const taken = new Set([...namesIn(containers), ...namesIn(init)]);
  return {
    containers: named(containers, config.containerNameTemplate, parent, taken),
    ...(init.length ? { initContainers: named(init, config.initContainerNameTemplate, parent, taken) } : {}),
  };
}

const defined = <V>(entries: [string, V | undefined][]): Record<string, V> =>
  Object.fromEntries(entries.filter((e): e is [string, V] => e[1] !== undefined));

type Quantities = Record<string, string | undefined>;
const canonical = (quantities: Quantities): Record<string, string> =>
  defined(Object.entries(quantities).map(([name, q]) => [name, q === undefined ? q : canonicalQuantity(q)]));

/** Requests and limits that the cluster gives to containers that name none (rule 13). */
function withResources(c: Container, config: DefaultsConfig): Container {
  const requests: Quantities = {
    cpu: config.cpuRequest,
    memory: config.memoryRequest,
    'ephemeral-storage': config.ephemeralStorageRequest,
  };
  const limits: Quantities = { cpu: config.cpuLimit, memory: config.memoryLimit, 'ephemeral-storage': config.ephemeralStorageLimit };
  const merged = {
    requests: { ...canonical(requests), ...c.resources?.requests },
    limits: { ...canonical(limits), ...c.resources?.limits },
  };
  const resources = Object.fromEntries(Object.entries(merged).filter(([, map]) => Object.keys(map).length > 0));
  return Object.keys(resources).length > 0 ? { ...c, resources: { ...c.resources, ...resources } } : c;
}

const handlers = ['httpGet', 'tcpSocket', 'exec', 'grpc'] as const;

/** Numbers the kubelet would fill in, unless the probe is the sub-second kind: period 0 (rule 14). */
function withTiming(probe: Probe): Probe {
  const relaxed = Boolean(probe.periodSeconds);
  return {
    ...probe,
    successThreshold: probe.successThreshold || 1,
    ...(relaxed ? { failureThreshold: probe.failureThreshold || 3, timeoutSeconds: probe.timeoutSeconds || 1 } : {}),
  };
}

const withService = (probe: Probe): Probe =>
  probe.grpc && (probe.grpc.service ?? undefined) === undefined ? { ...probe, grpc: { ...probe.grpc, service: '' } } : probe;

/** Rules 14 and 15. Port 0 stands for the container's own port, as in what the peer stores. */
function withProbes(c: Container, serving: boolean): Container {
  let readiness = c.readinessProbe ?? (serving ? {} : undefined);
  if (serving && readiness && !handlers.some((h) => readiness?.[h])) readiness = { ...readiness, tcpSocket: { port: 0 } };
  const probes = {
    readinessProbe: readiness && withService(withTiming(readiness)),
    livenessProbe: c.livenessProbe && withService(c.livenessProbe),
    startupProbe: c.startupProbe && withService(c.startupProbe),
  };
  return { ...c, ...defined(Object.entries(probes)) };
}

/** Mounts are read-only but of volumes that are there to be written to (rule 17). */
function withReadOnlyMounts(c: Container, volumes: readonly NonNullable<PodSpec['volumes']>[number][]): Container {
  if (!c.volumeMounts) return c;
  const writable = new Set(volumes.filter((v) => v.emptyDir || v.persistentVolumeClaim || v.ephemeral).map((v) => v.name));
  return { ...c, volumeMounts: c.volumeMounts.map((m) => (writable.has(m.name) ? m : { ...m, readOnly: true })) };
}

/** Containers as they are stored (rules 13-15, 17). */
export const withContainerDefaults = (spec: RevisionSpec, config: DefaultsConfig): Container[] =>
  spec.containers.map((c) => withReadOnlyMounts(withProbes(withResources(c, config), isServing(c, spec.containers)), asList(spec.volumes)));

/** What `secure-pod-defaults` sets where a container says nothing (rule 18). `notRoot`: the pod leaves the user to it. */
export function withSecurity(c: Container, podSeccomp: string | undefined, notRoot: boolean): Container {
  const own = c.securityContext ?? {};
  const low = asList(c.ports).some((p) => (p.containerPort ?? 0) < 1024);
  return {
    ...c,
    securityContext: {
      ...own,
      allowPrivilegeEscalation: own.allowPrivilegeEscalation ?? false,
      ...(podSeccomp || own.seccompProfile?.type ? {} : { seccompProfile: { ...own.seccompProfile, type: 'RuntimeDefault' } }),
      capabilities: own.capabilities ?? { drop: ['ALL'], ...(low ? { add: ['NET_BIND_SERVICE'] } : {}) },
      ...(notRoot ? { runAsNonRoot: own.runAsNonRoot ?? true } : {}),
    },
  };
}
