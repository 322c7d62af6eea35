import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Ran {
  code: number;
  stdout: string;
  /** stdout and stderr as they came. */
  output: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  /** Given to the command as its standard input. */
  input?: string;
  /** Shows the command's output as it comes. */
  show?: boolean;
}

/** Runs a command to its end. Never rejects for an exit code; a command that cannot be started has code 127. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let output = '';
    const keep = (chunk: Buffer, mine: boolean) => {
      const text = chunk.toString();
      if (mine) stdout += text;
      output += text;
      if (options.show) (mine ? process.stdout : process.stderr).write(text);
    };
    child.stdout?.on('data', (c: Buffer) => keep(c, true));
    child.stderr?.on('data', (c: Buffer) => keep(c, false));
    child.on('error', (e) => resolve({ code: 127, stdout, output: `${output}${e.message}\n` }));
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, output }));
    if (options.input !== undefined) child.stdin?.end(options.input);
  });
}

/** Like `run`, but rejects with the command's output when it fails. */
export async function must(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const ran = await run(command, args, options);
  if (ran.code !== 0) throw new Error(`${command} ${args.join(' ')} failed with code ${ran.code}:\n${ran.output.trim()}`);
  return ran.stdout;
}
