import { join } from 'node:path';
import type { TestKube } from './kube.ts';
import { freePort, type Program, programFromEnv, startProgram } from './programs.ts';

/** What happens to Deployments, Endpoints and the children of what was deleted, done by Kubernetes itself. */
const controllers = [
  'deployment-controller',
  'replicaset-controller',
  'endpoints-controller',
  'garbage-collector-controller',
  'namespace-controller',
];

/** Starts a kube-controller-manager beside an API server: no nodes, so what it makes of Deployments stays pending. */
export async function startControllerManager(kube: TestKube, user = 'admin'): Promise<Program> {
  const port = await freePort();
  return startProgram({
    path: join(programFromEnv('EBB_KUBE_BIN'), 'kube-controller-manager'),
    args: [
      `--kubeconfig=${kube.kubeconfigOf(user)}`,
      `--controllers=${controllers.join(',')}`,
      '--leader-elect=false',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      '--authorization-always-allow-paths=/healthz',
    ],
    ready: async () => {
      const { request } = await import('node:https');
      return new Promise((resolve) => {
        const req = request({ port, path: '/healthz', rejectUnauthorized: false }, (res) => resolve(res.resume().statusCode === 200));
        req.on('error', () => resolve(false)).end();
      });
    },
  });
}
