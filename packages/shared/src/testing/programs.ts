import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program started for a test, and ended with it. */
export interface Program {
  readonly pid: number;
  /** Ends it: SIGTERM by default; resolves when it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

export interface ProgramOptions {
  path: string;
  args: readonly string[];
  /** Variables over those of this process. */
  env?: Record<string, string>;
  /** Whether it answers; asked until it does. */
  ready: () => Promise<boolean>;
}

const patienceMs = 90_000;
const keptOutput = 8000;

/** Starts a program and resolves when it is ready. Rejects with the end of its output when it ends or stays silent. */
export async function startProgram({ path, args, env, ready }: ProgramOptions): Promise<Program> {
  const child: ChildProcess = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-keptOutput);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      output += String(error);
      resolve();
    });
  });
  let ended = false;
  void gone.then(() => {
    ended = true;
  });
  // A test process that dies takes its programs along.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (!ended) child.kill(signal);
    await gone;
    process.off('exit', kill);
  };
  const give = Date.now() + patienceMs;
  while (!(await ready().catch(() => false))) {
    if (ended) throw new Error(`${path} ended:\n${output}`);
    if (Date.now() > give) {
      await end('SIGKILL');
      throw new Error(`${path} is not ready after ${patienceMs / 1000} s:\n${output}`);
    }
    await sleep(50);
  }
  return { pid: child.pid ?? 0, end };
}

/** A port of the loopback address nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A folder of its own, and the way to remove it. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'ebb-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The path of a program the suite is given in an environment variable; says how to get it when it is not there. */
export function programFromEnv(variable: string, fallback?: string): string {
  const path = process.env[variable] ?? fallback;
  if (!path) throw new Error(`${variable} is not set: run these tests by \`npm test\`, which builds the programs they need`);
  if (!existsSync(path)) throw new Error(`${variable}: there is no ${path}`);
  return path;
}
