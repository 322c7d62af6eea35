/** What the local cluster is made of, and where each part comes from. Versions are here and nowhere else. */
export const versions = {
  kubernetes: '1.35.4',
  coredns: '1.15.0',
  metricsServer: '0.9.0',
  nats: '2.15.2',
} as const;

/** Kubernetes' staging modules: its own go.mod points at folders for them, so a harness must name their versions. */
export const stagingModules = [
  'api',
  'apiextensions-apiserver',
  'apimachinery',
  'apiserver',
  'cli-runtime',
  'client-go',
  'cloud-provider',
  'cluster-bootstrap',
  'code-generator',
  'component-base',
  'component-helpers',
  'controller-manager',
  'cri-api',
  'cri-client',
  'csi-translation-lib',
  'dynamic-resource-allocation',
  'endpointslice',
  'externaljwt',
  'kms',
  'kube-aggregator',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubectl',
  'kubelet',
  'metrics',
  'mount-utils',
  'pod-security-admission',
  'sample-apiserver',
  'sample-cli-plugin',
  'sample-controller',
] as const;

/** The commands built from the Kubernetes module. */
export const kubernetesCommands = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
] as const;

/** Debian packages, and the program each is there for: what is on the machine already is not installed. */
export const debianPackages: Readonly<Record<string, string>> = {
  containerd: '/usr/bin/containerd',
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  conntrack: '/usr/sbin/conntrack',
  ipset: '/usr/sbin/ipset',
  iptables: '/usr/sbin/iptables',
  ethtool: '/usr/sbin/ethtool',
  'etcd-server': '/usr/bin/etcd',
  buildah: '/usr/bin/buildah',
  wrk: '/usr/bin/wrk',
  'docker-registry': '/usr/bin/docker-registry',
};

/** Addresses of the cluster: all of them belong to this machine alone. */
export const net = {
  bridge: 'ebb0',
  node: '10.200.0.1',
  nodeName: 'ebb',
  podBridge: 'ebb-cni0',
  pods: '10.244.0.0/16',
  nodePods: '10.244.0.0/24',
  services: '10.96.0.0/16',
  apiService: '10.96.0.1',
  dns: '10.96.0.10',
  metrics: '10.96.0.11',
  apiPort: 6443,
  metricsPort: 4443,
  etcdPort: 12379,
} as const;

export const pauseImage = 'dev.local/ebb/pause:1';
