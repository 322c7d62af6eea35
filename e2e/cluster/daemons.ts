import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import { stringify } from 'yaml';
import { run } from '../../scripts/lib/shell.ts';
import { goProgram } from './build.ts';
import { pki, writeKubeconfig } from './certs.ts';
import { net, pauseImage } from './parts.ts';
import { inState, localKubeconfig } from './paths.ts';
import type { Daemon } from './processes.ts';

const ok = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const req = get(url, { timeout: 1000 }, (res) => {
      res.resume();
      resolve((res.statusCode ?? 500) < 400);
    });
    req.on('error', () => resolve(false));
    req.on('timeout', () => req.destroy());
  });

/** Whether a server answers 200 over TLS, whoever signed its certificate. */
const okSecurely = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const req = getSecurely(url, { timeout: 1000, rejectUnauthorized: false, agent: false }, (res) => {
      res.resume();
      resolve(res.statusCode === 200);
    });
    req.on('error', () => resolve(false));
    req.on('timeout', () => req.destroy());
  });

const config = (name: string, value: unknown): string => {
  mkdirSync(inState('config'), { recursive: true });
  const file = inState('config', name);
  const text = typeof value === 'string' ? value : stringify(value);
  // kube-proxy ends when its file is written, even with the same words.
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
  return file;
};

const kubeconfig = (identity: string): string => {
  const file = inState('config', `${identity}.kubeconfig`);
  mkdirSync(inState('config'), { recursive: true });
  writeKubeconfig(identity, file);
  return file;
};

export const kubectl = (...args: string[]) => run(goProgram('kubernetes', 'kubectl'), ['--kubeconfig', localKubeconfig, ...args]);
export const containerdSocket = inState('containerd.sock');
export const ctr = (...args: string[]) => run('ctr', ['--address', containerdSocket, '-n', 'k8s.io', ...args]);

const k8s = (name: typeof import('./parts.ts').kubernetesCommands[number]): string => goProgram('kubernetes', name);

const etcd = (): Daemon => ({
  name: 'etcd',
  program: '/usr/bin/etcd',
  args: [
    `--data-dir=${inState('etcd')}`,
    `--listen-client-urls=http://127.0.0.1:${net.etcdPort}`,
    `--advertise-client-urls=http://127.0.0.1:${net.etcdPort}`,
    '--listen-peer-urls=http://127.0.0.1:12380',
    '--initial-advertise-peer-urls=http://127.0.0.1:12380',
    '--initial-cluster=default=http://127.0.0.1:12380',
    '--unsafe-no-fsync',
    '--auto-compaction-retention=1h',
  ],
  healthy: () => ok(`http://127.0.0.1:${net.etcdPort}/health`),
});

const apiserver = (): Daemon => ({
  name: 'kube-apiserver',
  program: k8s('kube-apiserver'),
  args: [
    `--etcd-servers=http://127.0.0.1:${net.etcdPort}`,
    `--bind-address=${net.node}`,
    `--advertise-address=${net.node}`,
    `--secure-port=${net.apiPort}`,
    `--service-cluster-ip-range=${net.services}`,
    '--service-node-port-range=80-32767',
    `--client-ca-file=${pki('ca.crt')}`,
    `--tls-cert-file=${pki('apiserver.crt')}`,
    `--tls-private-key-file=${pki('apiserver.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki('sa.pub')}`,
    `--service-account-signing-key-file=${pki('sa.key')}`,
    `--kubelet-client-certificate=${pki('apiserver-kubelet.crt')}`,
    `--kubelet-client-key=${pki('apiserver-kubelet.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
    `--requestheader-client-ca-file=${pki('ca.crt')}`,
    '--requestheader-allowed-names=front-proxy',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki('front-proxy.crt')}`,
    `--proxy-client-key-file=${pki('front-proxy.key')}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    '--profiling=false',
  ],
  healthy: async () => (await kubectl('get', '--raw', '/readyz', '--request-timeout=2s')).code === 0,
});

const controllerManager = (): Daemon => ({
  name: 'kube-controller-manager',
  program: k8s('kube-controller-manager'),
  args: [
    `--kubeconfig=${kubeconfig('controller-manager')}`,
    '--bind-address=127.0.0.1',
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${pki('sa.key')}`,
    `--root-ca-file=${pki('ca.crt')}`,
    '--leader-elect=false',
    '--profiling=false',
  ],
  healthy: async () => (await kubectl('get', 'serviceaccount', 'default', '-n', 'default')).code === 0,
});

const scheduler = (): Daemon => ({
  name: 'kube-scheduler',
  program: k8s('kube-scheduler'),
  args: [`--kubeconfig=${kubeconfig('scheduler')}`, '--bind-address=127.0.0.1', '--leader-elect=false', '--profiling=false'],
  healthy: async () => (await run('curl', ['-skf', '-m', '2', 'https://127.0.0.1:10259/healthz'])).code === 0,
});

const containerdConfig = `version = 2
root = "${inState('containerd')}"
state = "${inState('containerd-run')}"
[grpc]
  address = "${containerdSocket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${inState('cni')}"
`;

const containerd = (): Daemon => ({
  name: 'containerd',
  program: '/usr/bin/containerd',
  args: ['--config', config('containerd.toml', containerdConfig)],
  healthy: async () => (await ctr('version')).code === 0,
});

const kubelet = (): Daemon => ({
  name: 'kubelet',
  program: k8s('kubelet'),
  args: [
    `--config=${config('kubelet.yaml', {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      address: net.node,
      authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: pki('ca.crt') } },
      authorization: { mode: 'Webhook' },
      failCgroupV1: false,
      failSwapOn: false,
      cgroupDriver: 'cgroupfs',
      containerRuntimeEndpoint: `unix://${containerdSocket}`,
      clusterDNS: [net.dns],
      clusterDomain: 'cluster.local',
      maxPods: 250,
      evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%', 'nodefs.inodesFree': '1%' },
      imageGCHighThresholdPercent: 100,
      imageGCLowThresholdPercent: 99,
      serializeImagePulls: false,
      registryPullQPS: 0,
      eventRecordQPS: 0,
    })}`,
    `--kubeconfig=${kubeconfig('kubelet')}`,
    `--root-dir=${inState('kubelet')}`,
    `--cert-dir=${inState('kubelet-pki')}`,
    `--hostname-override=${net.nodeName}`,
    `--node-ip=${net.node}`,
  ],
  healthy: async () =>
    (await kubectl('get', 'node', net.nodeName, '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')).stdout === 'True',
});

const kubeProxy = (): Daemon => ({
  name: 'kube-proxy',
  program: k8s('kube-proxy'),
  args: [
    `--config=${config('kube-proxy.yaml', {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      clientConnection: { kubeconfig: kubeconfig('kube-proxy') },
      hostnameOverride: net.nodeName,
      mode: 'iptables',
      clusterCIDR: net.pods,
      nodePortAddresses: ['127.0.0.0/8'],
      healthzBindAddress: '127.0.0.1:10256',
      metricsBindAddress: '127.0.0.1:10249',
      conntrack: { maxPerCore: 0 },
      iptables: { minSyncPeriod: '100ms', syncPeriod: '30s' },
    })}`,
  ],
  healthy: () => ok('http://127.0.0.1:10256/healthz'),
});

const corefile = (): string => `.:53 {
  bind ${net.node}
  errors
  health 127.0.0.1:10253
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${localKubeconfig} ebb
    ttl 2
  }
  cache 2
  reload
}
`;

const coredns = (): Daemon => ({
  name: 'coredns',
  program: goProgram('coredns', 'coredns'),
  args: ['-conf', config('Corefile', corefile())],
  healthy: () => ok('http://127.0.0.1:10253/health'),
});

const metricsServer = (): Daemon => ({
  name: 'metrics-server',
  program: goProgram('metrics-server', 'metrics-server'),
  args: [
    ...['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map((flag) => `--${flag}=${kubeconfig('metrics-server')}`),
    `--bind-address=${net.node}`,
    `--secure-port=${net.metricsPort}`,
    `--tls-cert-file=${pki('metrics-server.crt')}`,
    `--tls-private-key-file=${pki('metrics-server.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
    // The kubelet signs its serving certificate itself.
    '--kubelet-insecure-tls',
    '--metric-resolution=15s',
  ],
  // By its Service: the API server asks there, and keeps the connection it made, whoever answered.
  healthy: () => okSecurely(`https://${net.metrics}/livez`),
});

/** Parts that are started when they are asked for. */
export const extras: Readonly<Record<'metrics-server', () => Daemon>> = { 'metrics-server': metricsServer };

/** The parts in the order they start. A function: writing a part's configuration belongs to starting it. */
export const daemons: readonly (() => Daemon)[] = [etcd, containerd, apiserver, controllerManager, scheduler, kubelet, kubeProxy, coredns];
