import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tail } from '../../scripts/lib/shell.ts';
import { inState } from './paths.ts';

/** A part of the cluster that runs as a process of this machine. */
export interface Daemon {
  name: string;
  program: string;
  args: string[];
  env?: Record<string, string>;
  /** Resolves true when the part answers. */
  healthy: () => Promise<boolean>;
}

export const logFile = (name: string): string => inState('logs', `${name}.log`);
const pidFile = (name: string): string => inState('pids', `${name}.pid`);

/**
 * The process of a part when it runs: the pid file's process must still be a program of that name, as pids are used again. The folder of the
 * program may be another: who built the parts into another cache still stops what this state folder started.
 */
export function runningPid(name: string, program: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile(name), 'utf8'));
    const [running = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0', 1);
    return basename(running) === basename(program) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Starts a part unless it runs, and waits until it answers; the error names its log. Returns whether it was started. */
export async function ensureDaemon(daemon: Daemon, timeoutMs = 90_000): Promise<boolean> {
  const found = runningPid(daemon.name, daemon.program);
  if (!found) {
    mkdirSync(inState('logs'), { recursive: true });
    mkdirSync(inState('pids'), { recursive: true });
    const log = openSync(logFile(daemon.name), 'a');
    const child = spawn(daemon.program, daemon.args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...daemon.env },
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    writeFileSync(pidFile(daemon.name), String(child.pid));
    child.unref();
  }
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await daemon.healthy().catch(() => false)) return !found;
    if (!runningPid(daemon.name, daemon.program)) throw failed(daemon, 'ended');
    if (Date.now() > deadline) throw failed(daemon, `did not answer within ${timeoutMs / 1000} s`);
    await sleep(100);
  }
}

const failed = (daemon: Daemon, how: string): Error =>
  new Error(`${daemon.name} ${how}; its last words:\n${tail(logFile(daemon.name))}\nwhole log: ${logFile(daemon.name)}`);

/** Stops a part by its pid file: politely, then after ten seconds for good. */
export async function stopDaemon(name: string, program: string): Promise<void> {
  const pid = runningPid(name, program);
  if (pid) {
    process.kill(pid, 'SIGTERM');
    for (let i = 0; i < 100 && existsSync(`/proc/${pid}`); i++) await sleep(100);
    if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGKILL');
  }
  rmSync(pidFile(name), { force: true });
}
