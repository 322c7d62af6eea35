import type { FeaturesConfig } from '../../config/features.ts';
import type { Container } from '../builtin.ts';
import { isServing } from '../defaults/containers.ts';
import { asList, asObject } from '../defaults/context.ts';
import type { RevisionSpec } from '../kinds.ts';
import { type Role, validateContainer } from './container.ts';
import { each, type FieldErrors, general, invalidValue, missing, mostErrors, under } from './field-error.ts';
import { dns1123Subdomain, quoted } from './names.ts';
import { validateFields } from './pod-fields.ts';
import { securityWarnings, validatePodSecurity } from './security.ts';
import { validateVolumes } from './volumes.ts';

/** How many ports the containers have together: one, and when there are several containers exactly one. */
function validatePortCount(containers: readonly Container[]): FieldErrors {
  const ports = containers.flatMap((c) => asList(c?.ports)).length;
  if (ports === 0 && containers.length > 1) return missing('containers[*].ports');
  if (ports <= 1) return [];
  return general('more than one container port is set', ['containers[*].ports'], 'Only a single port is allowed across all containers');
}

/** So many names that are taken are told: each makes the paths of all errors before it longer. */
const mostMoves = 20;

/**
 * Each container by itself, named as none before it and none in `taken`. Upstream tells the errors of those before a
 * container whose name is taken under that container.
 */
function validateEach(
  containers: readonly Container[],
  taken: ReadonlySet<string>,
  validate: (c: Container) => FieldErrors,
  distinct: boolean,
): FieldErrors {
  const names = new Set(taken);
  let errors: FieldErrors = [];
  let moves = 0;
  for (const [i, raw] of containers.entries()) {
    const c = asObject(raw) as unknown as Container;
    const name = c.name ?? '';
    if (names.has(name)) {
      errors = under([...errors, ...general(`duplicate container name ${quoted(name)}`, ['name'])], 'containers', i);
      if (++moves === mostMoves) break;
    }
    if (distinct) names.add(name);
    const own = under(validate(c), 'containers', i);
    if (own.length) errors = [...errors, ...own];
    if (errors.length >= mostErrors) break;
  }
  return errors;
}

/** The containers that run, and those before them; without their flag several of a kind are not looked at further. */
function validateContainers(spec: RevisionSpec, features: FeaturesConfig): FieldErrors {
  const [containers, init] = [asList(spec.containers), asList(spec.initContainers)];
  const volumes = new Map(asList(spec.volumes).map((v) => [v.name, v]));
  const portName = containers.flatMap((c) => asList(c?.ports).slice(0, 1)).at(-1)?.name || 'http';
  const as = (role: (c: Container) => Role) => (c: Container) => validateContainer(c, { role: role(c), portName, volumes, features });
  const errors: FieldErrors[] = [validatePortCount(containers)];
  if (containers.length === 0) errors.push(missing('containers'));
  if (containers.length > 1 && features['multi-container'] !== 'Enabled')
    errors.push(general(`multi-container is off, but found ${containers.length} containers`, []));
  else {
    const role = (c: Container): Role => (isServing(c, containers) ? 'serving' : 'sidecar');
    errors.push(validateEach(containers, new Set(), as(role), true));
  }
  if (init.length && features['kubernetes.podspec-init-containers'] !== 'Enabled')
    errors.push(general(`pod spec support for init-containers is off, but found ${init.length} init containers`, []));
  // Upstream compares them with the others only; two of one name are for Kubernetes to refuse.
  else
    errors.push(
      validateEach(
        init,
        new Set(containers.map((c) => c?.name ?? '')),
        as(() => 'init'),
        false,
      ),
    );
  return errors.flat();
}

const validateServiceAccount = (name: string | undefined): FieldErrors =>
  dns1123Subdomain(name || 'default').flatMap((text) => invalidValue(name, 'serviceAccountName', text));

/** A revision's pod (contract control-plane 4.5); paths are under the spec. */
export function validatePodSpec(spec: RevisionSpec, features: FeaturesConfig): FieldErrors {
  const [containers, init] = [asList(spec.containers), asList(spec.initContainers)];
  const mounted = new Set([...containers, ...init].flatMap((c) => asList(c?.volumeMounts)).map((m) => m.name));
  const warnings = (list: readonly Container[], field: string) =>
    each(list, (c, i) => under(securityWarnings(asObject(c) as unknown as Container, spec.securityContext, features), field, i));
  return [
    ...validateFields('spec', asObject(spec), features),
    ...validatePodSecurity(spec.securityContext, features),
    ...validateContainers(spec, features),
    ...validateServiceAccount(spec.serviceAccountName),
    ...validateVolumes(asList(spec.volumes), mounted, features),
    ...warnings(containers, 'containers'),
    ...warnings(init, 'initContainers'),
  ];
}
