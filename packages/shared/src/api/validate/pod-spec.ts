import type { FeaturesConfig } from '../../config/features.ts';
import type { Container } from '../builtin.ts';
import { isServing } from '../defaults/containers.ts';
import { asList, asObject } from '../defaults/context.ts';
import type { RevisionSpec } from '../kinds.ts';
import { type Role, validateContainer } from './container.ts';
import { type FieldErrors, general, invalidValue, missing, under } from './field-error.ts';
import { dns1123Subdomain } from './names.ts';
import { validateFields } from './pod-fields.ts';
import { securityWarnings, validatePodSecurity } from './security.ts';
import { validateVolumes } from './volumes.ts';

/** What the containers say together: how many, whose port, names that are used twice. */
function validateTogether(containers: readonly Container[], features: FeaturesConfig): FieldErrors {
  const errors: FieldErrors[] = [];
  if (containers.length === 0) errors.push(missing('containers'));
  if (containers.length > 1 && features['multi-container'] !== 'Enabled')
    errors.push(general(`multi-container is off, but found ${containers.length} containers`, []));
  const ports = containers.flatMap((c) => asList(c.ports)).length;
  if (ports > 1)
    errors.push(
      general('more than one container port is set', ['containers[*].ports'], 'Only a single port is allowed across all containers'),
    );
  if (ports === 0 && containers.length > 1) errors.push(missing('containers[*].ports'));
  return errors.flat();
}

function validateEach(
  spec: RevisionSpec,
  containers: readonly Container[],
  as: (c: Container) => Role,
  features: FeaturesConfig,
): FieldErrors {
  const volumes = new Map(asList(spec.volumes).map((v) => [v.name, v]));
  const seen = new Set<string>();
  return containers.flatMap((raw, i) => {
    const c = asObject(raw) as unknown as Container;
    const twice = c.name && seen.has(c.name) ? general(`duplicate container name ${JSON.stringify(c.name)}`, ['name']) : [];
    seen.add(c.name);
    return under([...twice, ...validateContainer(c, { role: as(c), volumes, features })], 'containers', i);
  });
}

const validateServiceAccount = (name: string | undefined): FieldErrors =>
  dns1123Subdomain(name || 'default').flatMap((text) => invalidValue(name, 'serviceAccountName', text));

/** A revision's pod (contract control-plane 4.5); paths are under the spec. */
export function validatePodSpec(spec: RevisionSpec, features: FeaturesConfig): FieldErrors {
  const [containers, init] = [asList(spec.containers), asList(spec.initContainers)];
  const mounted = new Set([...containers, ...init].flatMap((c) => asList(c?.volumeMounts)).map((m) => m.name));
  const warnings = (list: readonly Container[], field: string) =>
    list.flatMap((c, i) => under(securityWarnings(asObject(c) as unknown as Container, spec.securityContext, features), field, i));
  return [
    ...validateFields('spec', asObject(spec), features),
    ...validatePodSecurity(spec.securityContext, features),
    ...validateTogether(containers, features),
    ...validateEach(spec, containers, (c) => (isServing(c, containers) ? 'serving' : 'sidecar'), features),
    ...(init.length && features['kubernetes.podspec-init-containers'] !== 'Enabled'
      ? general(`pod spec support for init-containers is off, but found ${init.length} init containers`, [])
      : []),
    ...validateEach(spec, init, () => 'init', features),
    ...validateServiceAccount(spec.serviceAccountName),
    ...validateVolumes(asList(spec.volumes), mounted, features),
    ...warnings(containers, 'containers'),
    ...warnings(init, 'initContainers'),
  ];
}
