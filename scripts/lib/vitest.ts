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
}

interface Assertion {
  status: string;
  fullName: string;
  /** `skipped`: why. */
  meta?: { skipped?: string };
}

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  testResults: { name: string; status: string; message: string; assertionResults: Assertion[] }[];
}

/** Runs vitest with a configuration file and counts. Output is shown; a file that cannot be loaded counts as one failure. */
export async function vitest(
  name: string,
  config: string,
  filters: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Result> {
  const dir = mkdtempSync(join(tmpdir(), 'ebb-vitest-'));
  try {
    const file = join(dir, 'report.json');
    const reporter = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const ran = await run('vitest', ['run', '--config', config, ...reporter, ...filters], { show: true, env: { ...env, NO_COLOR: '1' } });
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    const all = report.testResults.flatMap((f) => f.assertionResults);
    const broken = report.testResults.filter((f) => f.status === 'failed' && !f.assertionResults.some((a) => a.status === 'failed')).length;
    const failed = report.numFailedTests + broken;
    const skipped = all
      .filter((a) => a.status === 'skipped' || a.status === 'pending' || a.status === 'todo')
      .map((a) => (a.meta?.skipped ? `${a.fullName}: ${a.meta.skipped}` : a.fullName));
    return { name, passed: report.numPassedTests, failed: failed === 0 && ran.code !== 0 ? 1 : failed, skipped };
  } catch (error) {
    process.stderr.write(`${name}: vitest left no report: ${(error as Error).message}\n`);
    return { name, passed: 0, failed: 1, skipped: [] };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The table of results and, last, the line `N passed, N failed`. Returns the exit code. */
export function summarize(results: readonly Result[]): number {
  for (const r of results) console.log(`${r.failed ? '✗' : '✓'} ${r.name}: ${r.passed} passed, ${r.failed} failed`);
  for (const r of results) for (const s of r.skipped) console.log(`- skipped: ${s}`);
  const sum = (pick: (r: Result) => number) => results.reduce((n, r) => n + pick(r), 0);
  console.log(`${sum((r) => r.passed)} passed, ${sum((r) => r.failed)} failed`);
  return sum((r) => r.failed) === 0 ? 0 : 1;
}
