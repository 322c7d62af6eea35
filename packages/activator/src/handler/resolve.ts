import { headers } from '@ebb/shared/api/headers.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import type { Exchange, Handler } from '@ebb/shared/proxy/handler.ts';
import { respondError } from '@ebb/shared/proxy/respond.ts';
import { revisionOfHost } from '../core/revision-host.ts';
import type { Registry } from '../revisions/registry.ts';
import { type Call, header, hostOf } from './call.ts';

export interface ResolveOptions {
  revisions: Cache<Revision>;
  registry: Registry;
  clusterDomain: string;
}

function named({ req }: Exchange, clusterDomain: string): { namespace: string; name: string } {
  const namespace = header(req, headers.namespace);
  const name = header(req, headers.revision);
  if (namespace !== '' && name !== '') return { namespace, name };
  return revisionOfHost(hostOf(req), clusterDomain) ?? { namespace: '', name: '' };
}

/** Finds the revision a request is for: by the ingress's headers, else by its host (contract data-plane 2.3). */
export function resolveRevision({ revisions, registry, clusterDomain }: ResolveOptions, inner: Handler<Call>): Handler {
  return async (exchange) => {
    const { namespace, name } = named(exchange, clusterDomain);
    const revision = revisions.get(namespace, name);
    const activated = registry.get(`${namespace}/${name}`);
    if (revision && activated) return inner(Object.assign(exchange, { revision, activated }));
    respondError(exchange, 404, `Error getting active endpoint: revision.serving.knative.dev ${JSON.stringify(name)} not found`);
  };
}
