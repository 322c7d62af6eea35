import { readFileSync } from 'node:fs';

/** USER_HZ is 100 on every Linux that Kubernetes runs on. */
const ticksPerSecond = 100;

/** CPU time of a process so far, user and system, in seconds. */
export function cpuSeconds(pid: number): number {
  // The name in parentheses may hold anything; the fields are counted behind it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** False also for one that ended and that nobody has waited for. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** A process and all that came of it. */
export function withChildren(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return [pid, ...children.flatMap((child) => withChildren(Number(child)))];
  } catch {
    // It ended.
    return [];
  }
}

/** Memory that is a process's alone, in MB: what one more of it costs. */
export function privateMB(pid: number): number {
  const all = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm);
  return [...all].reduce((sum, [, kB]) => sum + Number(kB), 0) / 1024;
}

/** Resident memory of a process in MB: now, or the most it ever had. */
export function residentMB(pid: number, which: 'now' | 'peak'): number {
  const key = which === 'now' ? 'VmRSS' : 'VmHWM';
  const kB = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kB) / 1024;
}
