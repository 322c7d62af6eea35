import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { step } from '../../scripts/lib/progress.ts';
import { must, run } from '../../scripts/lib/shell.ts';
import { buildGo, buildOwn, goProgram, installPackages } from './build.ts';
import { buildImage } from './buildah.ts';
import { makeCertificates, writeKubeconfig } from './certs.ts';
import { ctr, daemons, extras } from './daemons.ts';
import { importLocal } from './load-images.ts';
import { setUpNetwork, tearDownNetwork } from './network.ts';
import { clusterObjects, metricsApi, metricsService } from './objects.ts';
import { pauseImage } from './parts.ts';
import { inCache, inState, localKubeconfig, stateDir } from './paths.ts';
import { type Daemon, ensureDaemon, runningPid, stopDaemon } from './processes.ts';
import { requireLocal } from './requirements.ts';

async function pause(): Promise<void> {
  const tar = inCache('images', 'pause.tar');
  if (!existsSync(tar)) {
    const out = inCache('pause', 'pause');
    await buildOwn(join(import.meta.dirname, 'pause'), out);
    await must('sh', [
      '-c',
      `printf 'FROM scratch\\nCOPY pause /pause\\nUSER 65535:65535\\nENTRYPOINT ["/pause"]\\n' > ${inCache('pause', 'Dockerfile')}`,
    ]);
    await buildImage({ ref: pauseImage, dockerfile: inCache('pause', 'Dockerfile'), context: inCache('pause'), tar });
  }
  const known = await ctr('images', 'ls', '-q', `name==${pauseImage}`);
  if (!known.stdout.includes(pauseImage)) await importLocal([tar]);
}

/**
 * Builds what is missing, starts what does not run, and returns when the node is Ready. Repeatable, and repairs. `metrics`:
 * with a metrics-server, which autoscaling on CPU and `kubectl top` need.
 */
export async function clusterUp({ metrics = false } = {}): Promise<void> {
  await requireLocal();
  mkdirSync(stateDir, { recursive: true });
  await installPackages();
  await buildGo('kubernetes');
  await buildGo('coredns');
  if (metrics) await buildGo('metrics-server');
  await makeCertificates();
  writeKubeconfig('admin', localKubeconfig);
  await setUpNetwork();
  for (const make of daemons) {
    const daemon = make();
    if (daemon.name === 'kubelet') await step('import the pause image', pause);
    if (daemon.name === 'coredns') await applyObjects(clusterObjects());
    await start(daemon);
  }
  if (!metrics) return;
  await applyObjects(metricsService());
  await start(extras['metrics-server']());
  await applyObjects(metricsApi());
}

async function start(daemon: Daemon): Promise<void> {
  if (runningPid(daemon.name, daemon.program)) await ensureDaemon(daemon);
  else await step(`start ${daemon.name}`, () => ensureDaemon(daemon));
}

async function applyObjects(input: string): Promise<void> {
  const args = ['--kubeconfig', localKubeconfig, 'apply', '--server-side', '--force-conflicts', '-f', '-'];
  await must(goProgram('kubernetes', 'kubectl'), args, { input });
}

/** One line per part: its pid or that it is down. */
export async function clusterStatus(): Promise<{ name: string; pid?: number; healthy: boolean }[]> {
  return Promise.all(
    daemons.map(async (make) => {
      const daemon = make();
      const pid = runningPid(daemon.name, daemon.program);
      return { name: daemon.name, pid, healthy: pid !== undefined && (await daemon.healthy().catch(() => false)) };
    }),
  );
}

/** Stops exactly what was started: the parts, the pods' processes, mounts and bridges. `purge` removes the state too. */
export async function clusterDown(purge: boolean): Promise<void> {
  const parts = [...daemons, ...Object.values(extras)].map((make) => make());
  const stop = async (name: string) => {
    const part = parts.find((p) => p.name === name);
    if (part) await stopDaemon(part.name, part.program);
  };
  await step('stop the kubelet', () => stop('kubelet'));
  await step('stop the pods', stopPods);
  for (const name of [
    'metrics-server',
    'coredns',
    'kube-proxy',
    'kube-scheduler',
    'kube-controller-manager',
    'kube-apiserver',
    'etcd',
    'containerd',
  ]) {
    await step(`stop ${name}`, () => stop(name));
  }
  await step('take the network down', async () => {
    if (existsSync(goProgram('kubernetes', 'kube-proxy'))) await run(goProgram('kubernetes', 'kube-proxy'), ['--cleanup']);
    await tearDownNetwork();
  });
  if (purge) {
    await run('sh', ['-c', `grep -o '${stateDir}[^ ]*' /proc/mounts | sort -r | xargs -r umount -l`]);
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function stopPods(): Promise<void> {
  const tasks = async () => (await ctr('tasks', 'ls', '-q')).stdout.split('\n').filter(Boolean);
  for (const id of await tasks()) await ctr('tasks', 'kill', '-s', 'SIGKILL', id);
  for (let i = 0; i < 50 && (await tasks()).length > 0; i++) {
    for (const id of await tasks()) await ctr('tasks', 'delete', '-f', id);
    await sleep(100);
  }
  for (const id of (await ctr('containers', 'ls', '-q')).stdout.split('\n').filter(Boolean)) {
    const namespace = /"path": "([^"]*\/netns\/cni-[^"]+)"/.exec((await ctr('containers', 'info', id)).stdout)?.[1];
    await ctr('containers', 'delete', id);
    if (namespace && existsSync(namespace)) {
      await run('umount', ['-l', namespace]);
      rmSync(namespace, { force: true });
    }
  }
  await run('sh', ['-c', `grep -o '${stateDir}/kubelet/pods/[^ ]*' /proc/mounts | sort -r | xargs -r umount -l`]);
  rmSync(inState('kubelet', 'pods'), { recursive: true, force: true });
}
