import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Ran {
  code: number;
  output: string;
  stdout: string;
}

export interface ShellOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  input?: string;
  /** Output goes to this file too, and errors name it. */
  log?: string;
}

/** Runs a command to its end; never rejects for an exit code. 127 when it cannot be started. */
export function run(command: string, args: readonly string[], options: ShellOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    if (options.log) mkdirSync(dirname(options.log), { recursive: true });
    const file = options.log ? createWriteStream(options.log, { flags: 'a' }) : undefined;
    file?.write(`$ ${command} ${args.join(' ')}\n`);
    let output = '';
    let stdout = '';
    child.stdout?.on('data', (c: Buffer) => {
      stdout += c.toString();
      output += c.toString();
      file?.write(c);
    });
    child.stderr?.on('data', (c: Buffer) => {
      output += c.toString();
      file?.write(c);
    });
    child.on('error', (e) => resolve({ code: 127, stdout, output: `${output}${e.message}` }));
    child.on('close', (code) => {
      file?.end();
      resolve({ code: code ?? 1, stdout, output });
    });
    if (options.input !== undefined) child.stdin?.end(options.input);
  });
}

/** Like `run`, but rejects with the last lines of the output and, when there is one, the log file's path. */
export async function must(command: string, args: readonly string[], options: ShellOptions = {}): Promise<string> {
  const ran = await run(command, args, options);
  if (ran.code === 0) return ran.stdout;
  const where = options.log ? `\nwhole log: ${options.log}` : '';
  throw new Error(`${command} ${args.slice(0, 6).join(' ')} ended with code ${ran.code}:\n${lastLines(ran.output, 15)}${where}`);
}

export const lastLines = (text: string, n: number): string => text.trimEnd().split('\n').slice(-n).join('\n');

/** The end of a log file, for an error message. */
export function tail(file: string, n = 12): string {
  try {
    return lastLines(readFileSync(file, 'utf8'), n);
  } catch {
    return '(no log)';
  }
}
