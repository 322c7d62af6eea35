import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { pki } from './certs.ts';
import { net } from './parts.ts';
import { inState } from './paths.ts';

const metricsServer = { name: 'metrics-server', namespace: 'kube-system' };

/** Where the metrics-server is reached, when there is one. */
export function metricsService(): string {
  const items = [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metricsServer,
      spec: { clusterIP: net.metrics, ports: [{ name: 'https', port: 443, targetPort: net.metricsPort }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: metricsServer,
      subsets: [{ addresses: [{ ip: net.node }], ports: [{ name: 'https', port: net.metricsPort }] }],
    },
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

/** What the API server asks the metrics-server for: once it answers at its Service. */
export const metricsApi = (): string =>
  JSON.stringify({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      service: metricsServer,
      caBundle: readFileSync(pki('ca.crt')).toString('base64'),
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  });

/** What the cluster's own services need in the API: DNS, and volumes on this machine's disk. */
export function clusterObjects(): string {
  const volumes = [0, 1, 2].map((n) => {
    const path = inState('volumes', String(n));
    mkdirSync(path, { recursive: true });
    chownSync(path, 65532, 65532);
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `ebb-local-${n}` },
      spec: {
        capacity: { storage: '10Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: 'local',
        hostPath: { path, type: 'DirectoryOrCreate' },
      },
    };
  });
  const dnsPorts = [
    { name: 'dns', port: 53, protocol: 'UDP' },
    { name: 'dns-tcp', port: 53, protocol: 'TCP' },
  ];
  const items = [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
      spec: { clusterIP: net.dns, ports: dnsPorts },
    },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'kube-dns', namespace: 'kube-system' },
      subsets: [{ addresses: [{ ip: net.node }], ports: dnsPorts }],
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'local', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    ...volumes,
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
