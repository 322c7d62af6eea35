import { conditionSets } from '@ebb/shared/api/condition-sets.ts';
import { type Marks, marking } from '@ebb/shared/api/conditions.ts';
import { type ClusterDomainClaim, type DomainMapping, type Ingress, kinds } from '@ebb/shared/api/kinds.ts';
import type { KubeObject } from '@ebb/shared/api/meta.ts';
import type { NetworkConfig } from '@ebb/shared/config/network.ts';
import type { Plan, Write } from '@ebb/shared/kube/reconciler.ts';
import { followIngress, ingressNotConfigured, ingressWrites } from '../ingress.ts';
import { type Backend, backendOf } from './address.ts';
import { ingressOf } from './resources/ingress.ts';
import { watches } from './watches.ts';

export interface Input {
  network: NetworkConfig;
  clusterDomain: string;
  claim?: ClusterDomainClaim;
  ingress?: Ingress;
  /** What the reference names; undefined: there is none. */
  referent?: KubeObject;
  /** Why it could not be looked for. */
  referentError?: string;
}

type Status = NonNullable<DomainMapping['status']>;
const quote = JSON.stringify;

/** What a DomainMapping needs done, and what it says of itself (contract control-plane 7.9). */
export function plan(mapping: DomainMapping, input: Input): Plan<Status> {
  if (mapping.metadata.deletionTimestamp) return { writes: finalWrites(mapping, input), status: mapping.status ?? {} };
  const { network, clusterDomain } = input;
  const { name } = mapping.metadata;
  const marks = marking(conditionSets.DomainMapping, mapping.status?.conditions);
  const wasReady = marks.is('IngressReady', 'True');
  const url = `${mapping.spec.tls ? 'https' : network.defaultExternalScheme}://${name}`;
  // Before the claim is had, nothing is said of TLS.
  const unclaimed = `${network.defaultExternalScheme}://${name}`;
  const statusNow = (reached: string): Status => ({
    ...mapping.status,
    url: reached,
    address: { url: reached },
    conditions: marks.conditions,
  });
  const writes: Write[] = [];
  const done = (more: Partial<Plan<Status>> = {}, reached = url): Plan<Status> => ({ writes, ...more, status: statusNow(reached) });

  if (mapping.metadata.generation !== mapping.status?.observedGeneration) ingressNotConfigured(marks);
  const refused = claimError(mapping, input);
  if (refused) {
    marks.false('DomainClaimed', 'DomainAlreadyClaimed', 'The domain name is already in use by another DomainMapping');
    return done({ error: refused }, unclaimed);
  }
  if (!input.claim) writes.push(claiming(mapping, statusNow(unclaimed)));
  marks.true('DomainClaimed');
  const announce: Plan<Status>['announce'] = input.claim ? [] : [{ type: 'domain.claimed', data: { domain: name } }];
  markCertificate(mapping, marks);

  let wanted: Ingress;
  try {
    wanted = ingressOf(mapping, resolve(mapping, marks, input, clusterDomain), network);
  } catch (error) {
    return done({ announce, error: (error as Error).message });
  }
  writes.push(...ingressWrites(wanted, input.ingress));
  followIngress(marks, wanted, input.ingress);
  if (!wasReady && marks.is('IngressReady', 'True')) announce.push({ type: 'route.programmed', data: { url } });
  return done({ announce });
}

/** Why the domain cannot be this mapping's. */
function claimError({ metadata: { name, namespace } }: DomainMapping, { claim, network }: Input): string | undefined {
  if (claim)
    return claim.spec.namespace === namespace
      ? undefined
      : `namespace ${quote(namespace)} does not own ClusterDomainClaim for ${quote(name)}`;
  if (network.autocreateClusterDomainClaims) return undefined;
  return `no ClusterDomainClaim found for domain ${quote(name)} (and autocreate-cluster-domain-claims property is not true)`;
}

/** Claims the domain. Should another be faster, nothing of what follows is so. */
function claiming({ metadata: { name, namespace } }: DomainMapping, unclaimed: Status): Write {
  const object: ClusterDomainClaim = {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'ClusterDomainClaim',
    metadata: { name, namespace: '' },
    spec: { namespace },
  };
  const failed = () => ({ status: () => unclaimed });
  return { verb: 'create', kind: kinds.ClusterDomainClaim, object, failed, doing: 'failed to create ClusterDomainClaim' };
}

/** Certificates are asked for here, once there is who makes them. */
function markCertificate(mapping: DomainMapping, marks: Marks): void {
  if (mapping.spec.tls) marks.true('CertificateProvisioned', 'CertificateExternallyProvided', 'TLS certificate was provided externally');
  else marks.true('CertificateProvisioned', 'TLSNotEnabled', 'external-domain-tls is not enabled');
}

function resolve(mapping: DomainMapping, marks: Marks, { referent, referentError }: Input, clusterDomain: string): Backend {
  try {
    if (referentError !== undefined) throw new Error(referentError);
    const backend = backendOf(mapping, referent, clusterDomain);
    marks.true('ReferenceResolved');
    return backend;
  } catch (error) {
    const { message } = error as Error;
    marks.false('ReferenceResolved', 'ResolveFailed', message);
    throw new Error(message.startsWith('resolved URI') ? message : `resolving reference: ${message}`);
  }
}

/** The claim goes with the mapping whose it is, where claims are made by mappings. */
function finalWrites({ metadata }: DomainMapping, { claim, network }: Input): Write[] {
  const { name, namespace, resourceVersion, finalizers = [] } = metadata;
  const body = { metadata: { finalizers: finalizers.filter((f) => f !== watches.finalizer), resourceVersion } };
  const release: Write = { verb: 'patch', kind: kinds.DomainMapping, namespace, name, type: 'merge', body };
  if (!claim || !network.autocreateClusterDomainClaims || claim.spec.namespace !== namespace) return [release];
  return [{ verb: 'delete', kind: kinds.ClusterDomainClaim, namespace: '', name, uid: claim.metadata.uid }, release];
}
