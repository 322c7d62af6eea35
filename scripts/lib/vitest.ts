import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './shell.ts';

/** What a stage of the suite came to. */
export interface Result {
  name: string;
  passed: number;
  failed: number;
  /** Why something was not run, a sentence each. */
  skipped: string[];
  /** The tests that passed only when they were run once more. */
  unsteady?: string[];
}

interface Assertion {
  status: string;
  fullName: string;
  /** `skipped`: why. */
  meta?: { skipped?: string };
}

interface Report {
  testResults: { name: string; status: string; message: string; assertionResults: Assertion[] }[];
}

interface Run {
  report: Report;
  code: number;
}

/** Output is shown. Rejects when vitest came to no report. */
async function once(config: string, filters: readonly string[], env: Record<string, string>): Promise<Run> {
  const dir = mkdtempSync(join(tmpdir(), 'ebb-vitest-'));
  try {
    const file = join(dir, 'report.json');
    const reporter = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const { code } = await run('vitest', ['run', '--config', config, ...reporter, ...filters], {
      show: true,
      env: { ...env, NO_COLOR: '1' },
    });
    return { report: JSON.parse(readFileSync(file, 'utf8')) as Report, code };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const tests = ({ report }: Run): Assertion[] => report.testResults.flatMap((f) => f.assertionResults);

/** A file that cannot be loaded counts as one failure, and so does an error outside of any test. */
function count(name: string, one: Run): Result {
  const { report, code } = one;
  const broken = report.testResults.filter((f) => f.status === 'failed' && !f.assertionResults.some((a) => a.status === 'failed')).length;
  const all = tests(one);
  const number = (status: string) => all.filter((a) => a.status === status).length;
  const failed = number('failed') + broken;
  const skipped = all
    .filter((a) => a.status === 'skipped' || a.status === 'pending' || a.status === 'todo')
    .map((a) => (a.meta?.skipped ? `${a.fullName}: ${a.meta.skipped}` : a.fullName));
  return { name, passed: number('passed'), failed: failed === 0 && code !== 0 ? 1 : failed, skipped };
}

/** Files that may have failed because of the machine; more is more than the machine. */
const unsteadyAtMost = 2;

/** The files to run once more, when they are few and all that went wrong. */
function again({ report, code }: Run): string[] {
  const failed = report.testResults.filter((f) => f.status === 'failed').map((f) => f.name);
  return code !== 0 && failed.length <= unsteadyAtMost ? failed : [];
}

/** The first run, with the files that ran once more as they were the second time. */
function merged(first: Run, second: Run): Run {
  const newer = new Map(second.report.testResults.map((f) => [f.name, f]));
  return { report: { testResults: first.report.testResults.map((f) => newer.get(f.name) ?? f) }, code: second.code };
}

/**
 * Runs vitest with a configuration file and counts. Where `twice` says so, a file or two that failed run once more, and
 * what failed only the first time is told of as unsteady: tests with real programs share the machine with others.
 */
export async function vitest(
  name: string,
  config: string,
  filters: readonly string[] = [],
  { env = {}, twice = false }: { env?: Record<string, string>; twice?: boolean } = {},
): Promise<Result> {
  try {
    const first = await once(config, filters, env);
    const files = twice ? again(first) : [];
    if (files.length === 0) return count(name, first);
    console.log(`once more: ${files.join(', ')}`);
    const second = merged(first, await once(config, files, env));
    const stillFailed = new Set(tests(second).flatMap((a) => (a.status === 'failed' ? [a.fullName] : [])));
    const unsteady = tests(first).flatMap((a) => (a.status === 'failed' && !stillFailed.has(a.fullName) ? [a.fullName] : []));
    return { ...count(name, second), unsteady };
  } catch (error) {
    process.stderr.write(`${name}: vitest left no report: ${(error as Error).message}\n`);
    return { name, passed: 0, failed: 1, skipped: [] };
  }
}

/** The table of results and, last, the line `N passed, N failed`. Returns the exit code. */
export function summarize(results: readonly Result[]): number {
  for (const r of results) console.log(`${r.failed ? '✗' : '✓'} ${r.name}: ${r.passed} passed, ${r.failed} failed`);
  for (const r of results) for (const s of r.skipped) console.log(`- skipped: ${s}`);
  for (const r of results) for (const u of r.unsteady ?? []) console.log(`- unsteady, passed the second time: ${u}`);
  const sum = (pick: (r: Result) => number) => results.reduce((n, r) => n + pick(r), 0);
  console.log(`${sum((r) => r.passed)} passed, ${sum((r) => r.failed)} failed`);
  return sum((r) => r.failed) === 0 ? 0 : 1;
}
