import type { FeaturesConfig } from '../../config/features.ts';
import type { Container, PodSpec } from '../builtin.ts';
import { asList, asObject } from '../defaults/context.ts';
import { asWarnings, each, type FieldErrors, general, invalidValue, outOfBounds, under } from './field-error.ts';
import { validateFields } from './pod-fields.ts';

const maxInt32 = 2147483647;

const ids = (context: object, ...fields: string[]): FieldErrors =>
  fields.flatMap((field) => {
    const value = (context as Record<string, unknown>)[field];
    return typeof value === 'number' && (value < 0 || value > maxInt32) ? outOfBounds(value, 0, maxInt32, field) : [];
  });

/** A pod's securityContext (contract control-plane 4.5); paths are under `securityContext`. */
export function validatePodSecurity(context: PodSpec['securityContext'], features: FeaturesConfig): FieldErrors {
  if (!context) return [];
  const fields = validateFields('podSecurityContext', asObject(context), features);
  const groups = each(asList(context.supplementalGroups), (g, i) =>
    g < 0 || g > maxInt32 ? outOfBounds(g, 0, maxInt32, `supplementalGroups[${i}]`) : [],
  );
  return under([...fields, ...ids(context, 'runAsUser', 'runAsGroup', 'fsGroup'), ...groups], 'securityContext');
}

/** A container's securityContext; paths are under the container. */
export function validateSecurity({ securityContext: context }: Container, features: FeaturesConfig): FieldErrors {
  if (!context) return [];
  const capabilities = under(validateFields('capabilities', asObject(context.capabilities), features), 'capabilities');
  const fields = validateFields('containerSecurityContext', asObject(context), features);
  return under([...fields, ...capabilities, ...ids(context, 'runAsUser', 'runAsGroup')], 'securityContext');
}

/** What a container leaves to Kubernetes' defaults, as warnings; none once `secure-pod-defaults` is on. */
export function securityWarnings(c: Container, pod: PodSpec['securityContext'], features: FeaturesConfig): FieldErrors {
  if (features['secure-pod-defaults'] !== 'Disabled') return [];
  const own = c.securityContext ?? {};
  const unset = (value: unknown): boolean => value === undefined || value === null;
  const paths = [
    unset(own.runAsNonRoot) && unset(pod?.runAsNonRoot) ? 'runAsNonRoot' : '',
    unset(own.allowPrivilegeEscalation) ? 'allowPrivilegeEscalation' : '',
    own.seccompProfile?.type || pod?.seccompProfile?.type
      ? ''
      : own.seccompProfile || pod?.seccompProfile
        ? 'seccompProfile.type'
        : 'seccompProfile',
    unset(own.capabilities) ? 'capabilities' : unset(own.capabilities?.drop) ? 'capabilities.drop' : '',
  ].filter(Boolean);
  const message = 'Kubernetes default value is insecure, Knative may default this to secure in a future release';
  const misspelt = own.capabilities?.drop?.[0] === 'all' ? invalidValue('all', 'capabilities.drop', "Must be spelled as 'ALL'") : [];
  return asWarnings(under([...(paths.length ? general(message, paths) : []), ...misspelt], 'securityContext'));
}
