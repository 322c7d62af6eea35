import type { FeaturesConfig } from '../../config/features.ts';
import type { Container, Probe } from '../builtin.ts';
import { asList, asObject } from '../defaults/context.ts';
import { both, disallowed, type FieldErrors, general, invalidValue, neither, outOfBounds, under } from './field-error.ts';
import { validateFields } from './pod-fields.ts';
import { isAbsent } from './semantic.ts';

const maxInt32 = 2147483647;
const handlers = ['exec', 'grpc', 'httpGet', 'tcpSocket'] as const;
const probeFields = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** Exactly one handler; upstream spells gRPC so when there are several (contract control-plane 4.5). */
function validateHandler(probe: Probe): FieldErrors {
  const set = handlers.filter((h) => probe[h]);
  if (set.length === 0) return neither(...handlers);
  return set.length === 1 ? [] : both(...set.map((h) => (h === 'grpc' ? 'gRPC' : h)));
}

/** A named port must be the container's own; without a port of its own a sidecar must say which. */
function validatePort(probe: Probe, container: Container, serving: boolean): FieldErrors {
  const name = asList(container.ports)[0]?.name || 'http';
  return (['httpGet', 'tcpSocket'] as const).flatMap((handler): FieldErrors => {
    const port = probe[handler]?.port as number | string | undefined;
    if (!probe[handler]) return [];
    if (!serving && !port) return invalidValue(port ?? 0, `${handler}.port`, 'Probe port must be specified');
    if (!serving || typeof port !== 'string' || port === '' || /^\d+$/.test(port) || port === name) return [];
    return invalidValue(port, `${handler}.port`, 'Probe port must match container port');
  });
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

/** The probes of a container (contract control-plane 4.5); sidecars have them only with their flag. */
export function validateProbes(c: Container, serving: boolean, features: FeaturesConfig): FieldErrors {
  return probeFields.flatMap((field): FieldErrors => {
    const probe = c[field];
    if (!probe) return [];
    if (!serving && features['multi-container-probing'] !== 'Enabled') {
      const set = Object.entries(probe)
        .filter(([k, v]) => !isAbsent(k, v))
        .map(([k]) => k);
      return set.length ? under(disallowed(...set), field) : [];
    }
    const errors = [
      ...validateFields('probe', asObject(probe), features),
      ...validateHandler(probe),
      ...validatePort(probe, c, serving),
      ...(field === 'readinessProbe' ? validateReadiness(probe) : []),
    ];
    return under(errors, field);
  });
}
