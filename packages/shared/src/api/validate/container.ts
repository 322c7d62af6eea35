import { posix } from 'node:path';
import type { FeaturesConfig } from '../../config/features.ts';
import type { Container, PodSpec } from '../builtin.ts';
import { asList, asObject } from '../defaults/context.ts';
import { reservedPorts } from '../ports.ts';
import { both, each, type FieldErrors, general, invalidValue, missing, neither, outOfBounds, under } from './field-error.ts';
import { imageError } from './image.ts';
import { quoted } from './names.ts';
import { validateFields } from './pod-fields.ts';
import { validateProbes } from './probes.ts';
import { validateSecurity } from './security.ts';
import { isZero } from './semantic.ts';

/** What a container is checked as: the one that gets the requests, one beside it, or one before them. */
export type Role = 'serving' | 'sidecar' | 'init';
export type Volume = NonNullable<PodSpec['volumes']>[number];

interface Surroundings {
  role: Role;
  /** What the port of the pod is called, which named ports of probes must be. */
  portName: string;
  volumes: ReadonlyMap<string, Volume>;
  features: FeaturesConfig;
}

const reservedEnv = ['K_SERVICE', 'K_CONFIGURATION', 'K_REVISION'];
/** Of so many entries the errors are looked for where each makes those of others longer. */
const mostMoves = 100;
const reservedPaths = ['/', '/dev', '/dev/log'];

type Port = NonNullable<Container['ports']>[number];

function validatePort(port: Port, features: FeaturesConfig): FieldErrors {
  const n = port.containerPort ?? 0;
  return [
    ...validateFields('ports', asObject(port), features),
    ...((reservedPorts as readonly number[]).includes(n)
      ? invalidValue(`${n} is a reserved port`, 'containerPort', `${n} is a reserved port, please use a different value`)
      : []),
    ...(n < 0 || n > 65535 ? outOfBounds(n, 0, 65535, 'containerPort') : []),
  ];
}

/** Of the containers that run, one port: the first is looked at. Those before them may have several, of any protocol. */
function validatePorts(c: Container, { role, features }: Surroundings): FieldErrors {
  if (role === 'init') return each(asList(c.ports), (p) => under(validatePort(p, features), 'ports'));
  const port = asList(c.ports)[0];
  if (!port) return [];
  const errors = [
    ...validatePort(port, features),
    ...(port.protocol && port.protocol !== 'TCP' ? invalidValue(port.protocol, 'protocol') : []),
    ...(['', 'h2c', 'http1'].includes(port.name ?? '')
      ? []
      : general(`Port name ${port.name} is not allowed`, [''], "Name must be empty, or one of: 'h2c', 'http1'")),
  ];
  return under(errors, 'ports');
}

function validateEnv(c: Container, { role, features }: Surroundings): FieldErrors {
  const reserved = role === 'serving' ? ['PORT', ...reservedEnv] : reservedEnv;
  const env = each(asList(c.env), (e, i) => {
    const name = !e.name
      ? missing('name')
      : reserved.includes(e.name)
        ? general(`${quoted(e.name)} is a reserved environment variable`, ['name'])
        : [];
    const from = under(validateFields('valueFrom', asObject(e.valueFrom), features), 'valueFrom');
    return under([...name, ...from, ...validateFields('env', asObject(e), features)], 'env', i);
  });
  return [...env, ...under(validateEnvFrom(asList(c.envFrom), features), 'envFrom')];
}

/**
 * Upstream tells errors of earlier entries under each later one that has a reference: paths that grow with the list, and
 * so do not grow for ever here.
 */
function validateEnvFrom(list: readonly NonNullable<Container['envFrom']>[number][], features: FeaturesConfig): FieldErrors {
  const paths = ['configMapRef', 'secretRef'];
  let errors: FieldErrors = [];
  for (const [i, e] of list.slice(0, mostMoves).entries()) {
    errors = [...errors, ...under(validateFields('envFrom', asObject(e), features), i)];
    if (e.secretRef) errors = under(errors, 'secretRef', i);
    if (e.configMapRef) errors = under(errors, 'configMapRef', i);
    if (e.configMapRef && e.secretRef) errors = [...errors, ...both(...paths)];
    else if (!e.configMapRef && !e.secretRef) errors = [...errors, ...neither(...paths)];
  }
  return errors;
}

function validateImage({ image }: Container): FieldErrors {
  if (!image) return missing('image');
  const wrong = imageError(image);
  return wrong ? general('Failed to parse image reference', ['image'], `image: ${quoted(image)}, error: ${wrong}`) : [];
}

type Mount = NonNullable<Container['volumeMounts']>[number];

const cleaned = (path: string): string => posix.normalize(path).replace(/(.)\/$/, '$1');

function validateMount(m: Mount, volume: Volume | undefined, earlier: ReadonlySet<string>, features: FeaturesConfig): FieldErrors {
  const path = m.mountPath ? cleaned(m.mountPath) : '';
  const errors: FieldErrors[] = [validateFields('volumeMounts', asObject(m), features)];
  if (!volume) errors.push(general('volumeMount has no matching volume', ['name']));
  if (path === '') errors.push(missing('mountPath'));
  else if (reservedPaths.includes(path)) errors.push(general(`mountPath ${quoted(path)} is a reserved path`, ['mountPath']));
  else if (!path.startsWith('/')) errors.push(invalidValue(m.mountPath, 'mountPath'));
  else if (earlier.has(path)) errors.push(invalidValue(`${quoted(m.mountPath)} must be unique`, 'mountPath'));
  const writable = volume?.emptyDir || volume?.persistentVolumeClaim || volume?.ephemeral;
  if (!writable && !m.readOnly) errors.push(general('volume mount should be readOnly for this type of volume', ['readOnly']));
  if (volume?.persistentVolumeClaim?.readOnly && !m.readOnly)
    errors.push(general('volume is readOnly but volume mount is not', ['readOnly']));
  const propagation = m.mountPropagation ?? undefined;
  if (propagation !== undefined && features['kubernetes.podspec-volumes-mount-propagation'] !== 'Enabled') {
    const message = `Volume Mount Propagation support is disabled, but found volume mount ${m.name} with mount propagation`;
    errors.push(general(message, []));
  }
  if (propagation !== undefined && !['None', 'HostToContainer'].includes(propagation)) {
    errors.push(general('mount propagation should be set to None or HostToContainer', ['mountPropagation']));
  }
  return errors.flat();
}

function validateMounts(c: Container, { volumes, features }: Surroundings): FieldErrors {
  const earlier = new Set<string>();
  return each(asList(c.volumeMounts), (m, i) => {
    const errors = under(validateMount(m, volumes.get(m.name), earlier, features), 'volumeMounts', i);
    earlier.add(cleaned(m.mountPath || ''));
    return errors;
  });
}

/** One container (contract control-plane 4.5); paths are under it. */
export function validateContainer(c: Container, s: Surroundings): FieldErrors {
  if (isZero(c)) return missing('');
  const policy = c.terminationMessagePolicy;
  const probes =
    s.role === 'init'
      ? (['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const).flatMap((f) =>
          c[f] ? general('field not allowed in an init container', [f]) : [],
        )
      : validateProbes(c, s.role === 'serving' ? s.portName : undefined, s.features);
  return [
    ...(c.name === 'queue-proxy' ? general(`${quoted(c.name)} is a reserved container name`, ['name']) : []),
    ...validateFields('container', asObject(c), s.features),
    ...validatePorts(c, s),
    ...validateEnv(c, s),
    ...validateImage(c),
    ...under(validateFields('resources', asObject(c.resources), s.features), 'resources'),
    ...validateSecurity(c, s.features),
    ...(['', 'File', 'FallbackToLogsOnError'].includes(policy ?? '') ? [] : invalidValue(policy, 'terminationMessagePolicy')),
    ...probes,
    ...validateMounts(c, s),
  ];
}
