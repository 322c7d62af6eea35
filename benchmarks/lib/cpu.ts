import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pod } from '@ebb/shared/api/builtin.ts';

/** Where the CPU time of a container's processes is counted. */
export interface Meter {
  /** So far, in microseconds. */
  read(): number;
}

/** Where the two versions of cgroups keep the hierarchy that counts CPU time. */
const roots = ['/sys/fs/cgroup/cpuacct', '/sys/fs/cgroup/cpu,cpuacct', '/sys/fs/cgroup'];

/** cgroup v1 counts nanoseconds in a file of its own, v2 microseconds in a line of cpu.stat. */
export function readCpu(dir: string): number {
  const v1 = join(dir, 'cpuacct.usage');
  if (existsSync(v1)) return Number(readFileSync(v1, 'utf8')) / 1000;
  const usage = /^usage_usec (\d+)$/m.exec(readFileSync(join(dir, 'cpu.stat'), 'utf8'))?.[1];
  if (usage === undefined) throw new Error(`${dir}/cpu.stat has no usage_usec`);
  return Number(usage);
}

/** The cgroup of a container, under either driver: `pod<uid>/<id>`, or `…-pod<uid with _>.slice/cri-containerd-<id>.scope`. */
export function findCgroup(root: string, podUid: string, containerId: string): string | undefined {
  const uids = [`pod${podUid}`, `pod${podUid.replaceAll('-', '_')}`];
  const search = (dir: string, depth: number): string | undefined => {
    const folders = readdirSync(dir, { withFileTypes: true }).filter((e) => e.isDirectory());
    for (const { name } of folders) {
      if (uids.some((uid) => name.includes(uid))) {
        const inner = readdirSync(join(dir, name)).find((child) => child.includes(containerId));
        if (inner) return join(dir, name, inner);
      } else if (depth > 0) {
        const found = search(join(dir, name), depth - 1);
        if (found) return found;
      }
    }
    return undefined;
  };
  return existsSync(root) ? search(root, 4) : undefined;
}

/** The meter of one container of a pod that runs on this machine. */
export function meterOf(pod: Pod, container: string): Meter {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}, container ${container}`;
  const id = pod.status?.containerStatuses?.find((c) => c.name === container)?.containerID?.split('://')[1];
  if (!id) throw new Error(`${name}: does not run`);
  for (const root of roots) {
    const dir = findCgroup(root, pod.metadata.uid ?? '', id);
    if (dir) return { read: () => readCpu(dir) };
  }
  throw new Error(`${name}: no cgroup under ${roots.join(', ')}; CPU can be measured only on the machine the pod runs on`);
}

/** Several meters as one. */
export const sum = (meters: readonly Meter[]): Meter => ({ read: () => meters.reduce((total, m) => total + m.read(), 0) });
