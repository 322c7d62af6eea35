import { type ApiContext, asList, asObject } from '../defaults/context.ts';
import type { Certificate, Ingress, IngressPath, IngressRule, Metric, PodAutoscaler, ServerlessService } from '../kinds.ts';
import { validateNetworking } from './annotations.ts';
import { disallowed, each, type FieldErrors, general, invalidValue, missing, under } from './field-error.ts';
import { validateMetadata } from './metadata.ts';
import { cIdentifier, dns1123Label, qualifiedName } from './names.ts';
import { validateConcurrency } from './revision-spec.ts';
import { isZero } from './semantic.ts';

/** The kinds components write for each other (contract control-plane 4.6): what would break the reader is refused. */

function validateProtocol(value: unknown): FieldErrors {
  if (!value) return missing('protocolType');
  return value === 'http1' || value === 'h2c' ? [] : invalidValue(value, 'protocolType');
}

/** A reference to an object of the same namespace by apiVersion, kind and name alone. */
function validateReference(ref: unknown): FieldErrors {
  const { apiVersion, kind, name, ...others } = asObject(ref) as Record<string, string | undefined>;
  const field = (key: string, value: string | undefined, wrong: (text: string) => readonly string[]): FieldErrors => {
    if (!value) return missing(key);
    const texts = wrong(value);
    return texts.length ? invalidValue(texts.join(', '), key) : [];
  };
  const extra = Object.keys(others)
    .filter((k) => !isZero(others[k]))
    .sort();
  return [
    ...(extra.length ? disallowed(...extra) : []),
    ...field('apiVersion', apiVersion, qualifiedName),
    ...field('kind', kind, cIdentifier),
    ...field('name', name, dns1123Label),
  ];
}

export function validatePodAutoscaler(pa: PodAutoscaler, ctx: ApiContext): FieldErrors {
  const { spec } = pa;
  const within = isZero(spec)
    ? missing('')
    : [
        ...under(validateReference(spec.scaleTargetRef), 'scaleTargetRef'),
        ...validateConcurrency(spec.containerConcurrency ?? 0, ctx.config['config-defaults']),
        ...validateProtocol(spec.protocolType),
      ];
  return [...validateMetadata(pa, ctx, 'checked'), ...under(within, 'spec')];
}

export const validateMetric = (metric: Metric, ctx: ApiContext): FieldErrors => [
  ...validateMetadata(metric, ctx, 'checked'),
  ...(isZero(metric.spec) ? missing('spec') : []),
];

export function validateServerlessService({ metadata, spec }: ServerlessService): FieldErrors {
  const marks = under(validateNetworking(metadata.annotations), 'annotations');
  if (isZero(spec)) return [...marks, ...missing('spec')];
  const n = spec.numActivators ?? 0;
  const within = [
    ...(!spec.mode ? missing('mode') : spec.mode === 'Serve' || spec.mode === 'Proxy' ? [] : invalidValue(spec.mode, 'mode')),
    ...(n < 0 ? invalidValue(n, 'numActivators') : []),
    ...under(validateReference(spec.objectRef), 'objectRef'),
    ...validateProtocol(spec.protocolType),
  ];
  return [...marks, ...under(within, 'spec')];
}

function validateSplit(split: NonNullable<IngressPath['splits']>[number] | undefined, namespace: string): FieldErrors {
  if (isZero(split)) return missing('');
  const { serviceNamespace, serviceName, servicePort, percent = 0 } = split ?? {};
  const share = percent < 0 || percent > 100 ? invalidValue(percent, 'percent') : [];
  if (isZero({ serviceNamespace, serviceName, servicePort })) return [...share, ...missing('')];
  const other = serviceNamespace !== namespace ? general('service namespace must match ingress namespace', ['serviceNamespace']) : [];
  return [
    ...share,
    ...(serviceNamespace ? other : missing('serviceNamespace')),
    ...(serviceName ? [] : missing('serviceName')),
    ...(servicePort === undefined || servicePort === 0 ? missing('servicePort') : []),
  ];
}

function validatePath(path: IngressPath | undefined, namespace: string): FieldErrors {
  if (isZero(path)) return missing('');
  const splits = asList(path?.splits);
  if (splits.length === 0) return missing('splits');
  // The first bad one is told alone.
  const bad = splits.findIndex((s) => validateSplit(s, namespace).length > 0);
  if (bad >= 0) return under(validateSplit(splits[bad], namespace), 'splits', bad);
  const total = splits.reduce((sum, s) => sum + (s.percent ?? 0), 0);
  return total === 100 || (splits.length === 1 && total === 0)
    ? []
    : general(`traffic split percentage must total to 100, but was ${total}`, ['splits']);
}

function validateRule(rule: IngressRule | undefined, namespace: string): FieldErrors {
  if (isZero(rule)) return missing('');
  if (!rule?.http) return missing('http');
  const paths = asList(rule.http.paths);
  if (paths.length === 0) return missing('http.paths');
  return each(paths, (p, i) => under(validatePath(p, namespace), 'http', 'paths', i));
}

function validateTLS(tls: NonNullable<Ingress['spec']['tls']>[number] | undefined): FieldErrors {
  if (isZero(tls)) return missing('');
  return [...(tls?.secretName ? [] : missing('secretName')), ...(tls?.secretNamespace ? [] : missing('secretNamespace'))];
}

export function validateIngress({ metadata, spec }: Ingress): FieldErrors {
  if (isZero(spec)) return missing('spec');
  const option = spec.httpOption ?? '';
  const within = [
    ...(asList(spec.rules).length === 0 ? missing('rules') : []),
    ...each(asList(spec.rules), (r, i) => under(validateRule(r, metadata.namespace), 'rules', i)),
    ...each(asList(spec.tls), (t, i) => under(validateTLS(t), 'tls', i)),
    ...(['', 'Enabled', 'Redirected'].includes(option) ? [] : invalidValue(option, 'httpOption')),
  ];
  return under(within, 'spec');
}

export function validateCertificate({ spec }: Certificate): FieldErrors {
  const names = asList(spec?.dnsNames);
  const within = [
    ...(names.length ? [] : missing('dnsNames')),
    ...each(names, (n, i) => (n ? [] : under(invalidValue('', ''), 'dnsNames', i))),
    ...(spec?.secretName ? [] : missing('secretName')),
  ];
  const domain = spec?.domain;
  const fits = !domain || names.length === 0 || names.some((n) => n === domain || n.endsWith(`.${domain}`));
  // Message and path are upstream's own: the sentence stands where a path would.
  const misfit = fits
    ? []
    : general('invalid value: domain', ['spec.domain must be a suffix of, or match exactly, at least one entry in dnsNames']);
  return [...under(within, 'spec'), ...misfit];
}
