import type { FeaturesConfig } from '../../config/features.ts';
import type { Container, Probe } from '../builtin.ts';
import { asObject } from '../defaults/context.ts';
import { both, disallowed, type FieldErrors, general, invalidValue, neither, outOfBounds, under } from './field-error.ts';
import { validateFields } from './pod-fields.ts';
import { isSet } from './semantic.ts';

const maxInt32 = 2147483647;
const handlers = ['httpGet', 'tcpSocket', 'exec', 'grpc'] as const;
const probeFields = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** A port that is a text, be it digits, is a name and must be the pod's port; a sidecar must say which port it means. */
function validatePort(port: number | string | undefined, portName: string | undefined, field: string): FieldErrors {
  if (portName === undefined) return port ? [] : invalidValue(port ?? 0, field, 'Probe port must be specified');
  const good = typeof port !== 'string' || port === '' || port === portName;
  return good ? [] : invalidValue(port, field, 'Probe port must match container port');
}

/**
 * Exactly one handler with a good port (contract control-plane 4.5). Upstream spells gRPC so when there are several,
 * and tells what it found before a handler under that handler.
 */
function validateHandlers(probe: Probe, portName: string | undefined, before: FieldErrors): FieldErrors {
  const set = handlers.filter((h) => probe[h]);
  let errors = before;
  for (const h of set) {
    errors = under(errors, h);
    if (h === 'httpGet' || h === 'tcpSocket')
      errors = [...errors, ...validatePort(probe[h]?.port as number | string | undefined, portName, `${h}.port`)];
  }
  if (set.length === 0) return [...errors, ...neither(...handlers)];
  return set.length === 1 ? errors : [...errors, ...both(...set.map((h) => (h === 'grpc' ? 'gRPC' : h)))];
}

const from = (least: number, value: number | undefined, field: string): FieldErrors =>
  (value ?? 0) < least || (value ?? 0) > maxInt32 ? outOfBounds(value ?? 0, least, maxInt32, field) : [];

function validateReadiness(probe: Probe): FieldErrors {
  const { periodSeconds, failureThreshold, timeoutSeconds } = probe;
  const zero = (field: string, value: number | undefined): FieldErrors =>
    value ? general(`${field} is disallowed when periodSeconds is zero`, [field]) : [];
  const times =
    (periodSeconds ?? 0) === 0
      ? [...zero('failureThreshold', failureThreshold), ...zero('timeoutSeconds', timeoutSeconds)]
      : [...from(1, timeoutSeconds, 'timeoutSeconds'), ...from(1, failureThreshold, 'failureThreshold')];
  return [
    ...from(0, periodSeconds, 'periodSeconds'),
    ...from(0, probe.initialDelaySeconds, 'initialDelaySeconds'),
    ...from(1, probe.successThreshold, 'successThreshold'),
    ...times,
  ];
}

/**
 * The probes of a container (contract control-plane 4.5); sidecars have them only with their flag. `portName`: of the
 * container that serves, what its port is called; absent for a sidecar.
 */
export function validateProbes(c: Container, portName: string | undefined, features: FeaturesConfig): FieldErrors {
  return probeFields.flatMap((field): FieldErrors => {
    const probe = c[field];
    if (!probe) return [];
    if (portName === undefined && features['multi-container-probing'] !== 'Enabled') {
      const set = Object.entries(probe).filter(([, v]) => isSet(v));
      // A handler is a part of the probe without a name of its own to upstream.
      const paths = set.map(([k]) => (handlers.some((h) => h === k) ? '' : k));
      return set.length ? under(disallowed(...paths), field) : [];
    }
    const errors = [
      ...validateHandlers(probe, portName, validateFields('probe', asObject(probe), features)),
      ...(field === 'readinessProbe' ? validateReadiness(probe) : []),
    ];
    return under(errors, field);
  });
}
