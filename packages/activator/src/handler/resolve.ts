import { headers } from '@ebb/shared/api/headers.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import type { Handler } from '@ebb/shared/proxy/handler.ts';
import { respondError } from '@ebb/shared/proxy/respond.ts';
import { revisionOfHost } from '../core/revision-host.ts';
import type { Registry } from '../revisions/registry.ts';
import { answered, type Call } from './call.ts';

export interface ResolveOptions {
  revisions: Cache<Revision>;
  registry: Registry;
  clusterDomain: string;
}

const nobody = { namespace: '', name: '' };

/** Finds the revision a request is for: by the ingress's headers, else by its host (contract data-plane 2.3). */
export function resolveRevision({ revisions, registry, clusterDomain }: ResolveOptions, inner: Handler<Call>): Handler {
  return (exchange) => {
    const { req } = exchange;
    let namespace = req.header(headers.namespace);
    let name = req.header(headers.revision);
    if (namespace === '' || name === '') ({ namespace, name } = revisionOfHost(req.authority, clusterDomain) ?? nobody);
    const revision = revisions.get(namespace, name);
    const activated = registry.get(`${namespace}/${name}`);
    if (revision && activated) {
      const call = exchange as Call;
      call.revision = revision;
      call.activated = activated;
      return inner(call);
    }
    respondError(exchange, 404, `Error getting active endpoint: revision.serving.knative.dev ${JSON.stringify(name)} not found`);
    return answered;
  };
}
