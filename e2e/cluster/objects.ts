import { chownSync, mkdirSync } from 'node:fs';
import { net } from './parts.ts';
import { inState } from './paths.ts';

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
