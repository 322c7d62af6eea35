import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import type { KubeClient } from '../kube/client.ts';
import { connectKube } from '../kube/connect.ts';
import { freePort, type Program, programFromEnv, startProgram, temporaryFolder } from './programs.ts';

/** A kube-apiserver and its etcd on loopback ports: the API is real, nothing runs pods or controllers. */
export interface TestKube {
  client: KubeClient;
  /** A kubeconfig of an administrator. */
  kubeconfig: string;
  /** A kubeconfig for the same server behind another port, e.g. of a relay. */
  kubeconfigAt(port: number, host?: string): string;
  /** The same under another name, one of `users`: who did what can be told apart in the audit log. */
  kubeconfigOf(user: string, port?: number, host?: string): string;
  port: number;
  /** Kills the API server as a crash would, and starts it again. Its watch caches begin at the present revision. */
  restart(whileDown?: () => Promise<void>): Promise<void>;
  /** Makes etcd forget all revisions before the present one. */
  compact(): Promise<void>;
  stop(): Promise<void>;
}

const token = 'test-administrator';

const healthy = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const options = { port, path: '/readyz', rejectUnauthorized: false, headers: { authorization: `Bearer ${token}` }, timeout: 2000 };
    const req = request(options, (res) => {
      res.resume();
      resolve(res.statusCode === 200);
    });
    req.on('error', () => resolve(false));
    req.on('timeout', () => req.destroy());
    req.end();
  });

export interface TestKubeOptions {
  /** Further administrators. */
  users?: readonly string[];
  apiserverArgs?: readonly string[];
}

/** Starts both. EBB_KUBE_BIN is the folder that holds `kube-apiserver`; EBB_ETCD is etcd, /usr/bin/etcd by default. */
export async function startKube({ users = [], apiserverArgs = [] }: TestKubeOptions = {}): Promise<TestKube> {
  const apiserverPath = join(programFromEnv('EBB_KUBE_BIN'), 'kube-apiserver');
  const etcdPath = programFromEnv('EBB_ETCD', '/usr/bin/etcd');
  const dir = temporaryFolder();
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const file = (name: string, text: string): string => {
    const path = join(dir.path, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const keys = { signing: file('sa.key', privateKey), checking: file('sa.pub', publicKey) };
  const tokenOf = (user: string) => (user === 'admin' ? token : `${token}-${user}`);
  const tokens = file('tokens.csv', ['admin', ...users].map((user) => `${tokenOf(user)},${user},${user},system:masters\n`).join(''));
  const kubeconfigOf = (user: string, at = port, host = '127.0.0.1'): string =>
    file(
      `kubeconfig-${user}-${at}`,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'test',
        clusters: [{ name: 'test', cluster: { server: `https://${host}:${at}`, 'insecure-skip-tls-verify': true } }],
        users: [{ name: user, user: { token: tokenOf(user) } }],
        contexts: [{ name: 'test', context: { cluster: 'test', user } }],
      }),
    );

  const etcd = await startProgram({
    path: etcdPath,
    args: [
      `--data-dir=${join(dir.path, 'etcd')}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
      `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
      '--unsafe-no-fsync',
      '--log-level=error',
    ],
    ready: async () => (await fetch(`${etcdUrl}/health`)).ok,
  });
  const startApiserver = (): Promise<Program> =>
    startProgram({
      path: apiserverPath,
      args: [
        `--etcd-servers=${etcdUrl}`,
        `--secure-port=${port}`,
        '--bind-address=127.0.0.1',
        '--advertise-address=127.0.0.1',
        `--cert-dir=${join(dir.path, 'certs')}`,
        `--token-auth-file=${tokens}`,
        '--authorization-mode=RBAC',
        '--service-cluster-ip-range=10.0.0.0/16',
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${keys.checking}`,
        `--service-account-signing-key-file=${keys.signing}`,
        '--etcd-compaction-interval=0',
        '--endpoint-reconciler-type=none',
        ...apiserverArgs,
      ],
      ready: () => healthy(port),
    });

  let apiserver = await startApiserver();
  const kubeconfig = kubeconfigOf('admin');
  return {
    client: connectKube(kubeconfig),
    kubeconfig,
    kubeconfigAt: (at, host) => kubeconfigOf('admin', at, host),
    kubeconfigOf,
    port,
    async restart(whileDown) {
      await apiserver.end('SIGKILL');
      await whileDown?.();
      apiserver = await startApiserver();
    },
    async compact() {
      const post = async (path: string, body: unknown) =>
        (await fetch(`${etcdUrl}${path}`, { method: 'POST', body: JSON.stringify(body) })).json();
      const { header } = (await post('/v3/kv/range', { key: 'Lw==' })) as { header: { revision: string } };
      await post('/v3/kv/compaction', { revision: header.revision, physical: true });
    },
    async stop() {
      await apiserver.end('SIGKILL');
      await etcd.end('SIGKILL');
      dir.remove();
    },
  };
}
