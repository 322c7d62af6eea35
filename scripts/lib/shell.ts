import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
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
  /** The root of the repository unless told. */
  cwd?: string;
  env?: Record<string, string | undefined>;
  /** Given to the command as its standard input. */
  input?: string;
  /** Shows the command's output as it comes. */
  show?: boolean;
  /** Output goes to this file too, and errors name it. */
  log?: string;
}

/** Runs a command to its end. Never rejects for an exit code; a command that cannot be started has code 127. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const file = options.log ? appendTo(options.log) : undefined;
    file?.write(`$ ${command} ${args.join(' ')}\n`);
    let stdout = '';
    let output = '';
    const keep = (chunk: Buffer, mine: boolean) => {
      const text = chunk.toString();
      if (mine) stdout += text;
      output += text;
      file?.write(chunk);
      if (options.show) (mine ? process.stdout : process.stderr).write(text);
    };
    const end = (code: number) => {
      file?.end();
      resolve({ code, stdout, output });
    };
    child.stdout?.on('data', (c: Buffer) => keep(c, true));
    child.stderr?.on('data', (c: Buffer) => keep(c, false));
    child.on('error', (e) => {
      output += `${e.message}\n`;
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
    if (options.input !== undefined) child.stdin?.end(options.input);
  });
}

function appendTo(log: string) {
  mkdirSync(dirname(log), { recursive: true });
  return createWriteStream(log, { flags: 'a' });
}

/** Like `run`, but rejects when the command fails: with its output, of which a log file has the whole if there is one. */
export async function must(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const ran = await run(command, args, options);
  if (ran.code === 0) return ran.stdout;
  const why = options.log ? `${lastLines(ran.output, 15)}\nwhole log: ${options.log}` : ran.output.trim();
  throw new Error(`${command} ${args.slice(0, 6).join(' ')} failed with code ${ran.code}:\n${why}`);
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
