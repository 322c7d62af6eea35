import { dirname } from 'node:path';
import { builtin, type Endpoints, type KubeService, type Secret } from '@ebb/shared/api/builtin.ts';
import { type Ingress, kinds } from '@ebb/shared/api/kinds.ts';
import { ebbIngressClass } from '@ebb/shared/api/system.ts';
import { installCrds } from '@ebb/shared/testing/crds.ts';
import { startKube, type TestKube } from '@ebb/shared/testing/kube.ts';
import { installSettings } from '@ebb/shared/testing/settings.ts';
import { buildGo, goProgram } from '../../e2e/cluster/build.ts';
import { certificateSecret } from '../../packages/gateway/src/testing/certificate.ts';
import { ownAddress } from '../activator/world.ts';
import { object } from '../lib/kube.ts';
import { backendPort } from '../lib/proxies.ts';

export const namespace = 'default';
/** The host of all requests: load generators ask for a certificate by the name they connect to. */
export const host = 'localhost';

/** An API server of its own, with Ebb's kinds and settings. */
export async function openKube(): Promise<TestKube> {
  await buildGo('kubernetes');
  process.env.EBB_KUBE_BIN ??= dirname(goProgram('kubernetes', 'kube-apiserver'));
  const kube = await startKube();
  try {
    await installCrds(kube.client);
    await installSettings(kube.client);
  } catch (error) {
    await kube.stop();
    throw error;
  }
  return kube;
}

/** A Service whose one address is the bench's backend. */
export async function createBackend({ client }: TestKube, name: string): Promise<void> {
  const metadata = { namespace, name };
  await client.create(builtin.Service, object<KubeService>(metadata, { spec: { ports: [{ name: 'http', port: 80 }] } }));
  const subsets = [{ addresses: [{ ip: ownAddress() }], ports: [{ name: 'http', port: backendPort }] }];
  await client.create(builtin.Endpoints, object<Endpoints>(metadata, { subsets }));
}

/** As the Route controller writes it for a Service with one revision and a certificate. */
export function ingressFor(name: string, hosts: readonly string[], backend: string, tls?: string): Ingress {
  const revision = `${name}-00001`;
  const appendHeaders = { 'Knative-Serving-Namespace': namespace, 'Knative-Serving-Revision': revision };
  const splits = [{ serviceName: backend, serviceNamespace: namespace, servicePort: 80, percent: 100, appendHeaders }];
  return object<Ingress>(
    { namespace, name, annotations: { 'networking.knative.dev/ingress.class': ebbIngressClass } },
    {
      spec: {
        httpOption: 'Enabled',
        rules: hosts.map((h) => ({ hosts: [h], visibility: 'ExternalIP', http: { paths: [{ splits }] } })),
        ...(tls ? { tls: [{ hosts: [...hosts], secretName: tls, secretNamespace: namespace }] } : {}),
      },
    },
  );
}

/** A world with one Ingress for `host`, plain and over TLS, and the certificate, which nginx gets as well. */
export async function openWorld(): Promise<{ kube: TestKube; certificate: Secret }> {
  const kube = await openKube();
  try {
    const made = certificateSecret('cert', host);
    const certificate: Secret = { ...made, metadata: { name: 'cert', namespace } };
    await createBackend(kube, 'hello');
    await kube.client.create(builtin.Secret, certificate);
    await kube.client.create(kinds.Ingress, ingressFor('hello', [host], 'hello', 'cert'));
    return { kube, certificate };
  } catch (error) {
    await kube.stop();
    throw error;
  }
}
