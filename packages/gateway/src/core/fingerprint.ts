import { createHash } from 'node:crypto';
import type { Ingress, IngressPath, IngressRule, IngressSplit } from '@ebb/shared/api/kinds.ts';

/**
 * SHA-256 of spec, namespace and name, in hex (contract data-plane 4.2). The spec is written as the peer writes its own
 * types, field by field in their order, so that the same Ingress has the same hash everywhere.
 */
export function specHash({ metadata, spec }: Ingress): string {
  const text = JSON.stringify({
    tls: some(
      (spec.tls ?? []).map((t) => ({ hosts: some(t.hosts), secretName: set(t.secretName), secretNamespace: set(t.secretNamespace) })),
    ),
    rules: some((spec.rules ?? []).map(ruleOf)),
    httpOption: set(spec.httpOption),
  });
  return createHash('sha256')
    .update(text.replace(/[<>&\u2028\u2029]/g, escaped) + metadata.namespace + metadata.name)
    .digest('hex');
}

const escaped = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** What is empty is left out. */
const set = <T>(value: T | undefined): T | undefined => value || undefined;
const some = <T>(list: readonly T[] | undefined) => (list?.length ? list : undefined);
function sorted<T>(map: Readonly<Record<string, T>> | undefined): Record<string, T> | undefined {
  const entries = Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length ? Object.fromEntries(entries) : undefined;
}

const ruleOf = ({ hosts, visibility, http }: IngressRule) => ({
  hosts: some(hosts),
  visibility: set(visibility),
  http: http && { paths: http.paths?.map(pathOf) ?? null },
});

const pathOf = ({ path, rewriteHost, headers, splits, appendHeaders }: IngressPath) => ({
  path: set(path),
  rewriteHost: set(rewriteHost),
  headers: sorted(headers),
  splits: splits?.map(splitOf) ?? null,
  appendHeaders: sorted(appendHeaders),
});

const splitOf = ({ serviceNamespace, serviceName, servicePort, percent, appendHeaders }: IngressSplit) => ({
  serviceNamespace,
  serviceName,
  servicePort,
  percent: set(percent),
  appendHeaders: sorted(appendHeaders),
});
