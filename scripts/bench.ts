import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Benchmark, type Options, type Outcome, UsageError } from '../benchmarks/lib/benchmark.ts';
import { connectLocal } from '../benchmarks/lib/connect.ts';
import { openBench } from '../benchmarks/lib/kube.ts';
import { root } from './lib/shell.ts';

const folder = join(root, 'benchmarks');
const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.ts')));

const load = async (name: string): Promise<Benchmark> => {
  if (!names.includes(name)) throw new UsageError(`no benchmark ${JSON.stringify(name)}; one of ${names.join(', ')}`);
  return ((await import(join(folder, name, 'index.ts'))) as { benchmark: Benchmark }).benchmark;
};

async function help(name: string | undefined): Promise<string> {
  const lines = [
    'npm run bench [name] [-- --json] [options]',
    '',
    'Runs a benchmark, most of them against Ebb on the local cluster. Names:',
  ];
  for (const n of name ? [name] : names) {
    const { summary, help } = await load(n);
    lines.push('', `${n.padEnd(14)}${summary}`, help);
  }
  return [...lines, '', '--json ends with one line of JSON on stdout; its `.ratio` holds the figures against the anchor.'].join('\n');
}

async function run(benchmark: Benchmark, signal: AbortSignal, options: Options): Promise<Outcome> {
  if (benchmark.runAlone) return benchmark.runAlone(signal, options);
  if (!benchmark.run) throw new Error('this benchmark has nothing to run');
  const bench = await openBench(await connectLocal(), signal);
  return benchmark.run(bench, options).finally(() => bench.close());
}

async function main(signal: AbortSignal): Promise<number> {
  const name = process.argv.slice(2).find((a) => !a.startsWith('-'));
  const own = name ? (await load(name)).options : {};
  const { values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' }, ...own },
  });
  if (values.help || name === undefined) {
    console.log(await help(name));
    return 0;
  }
  const done = await run(await load(name), signal, values as Options);
  (values.json ? console.error : console.log)(`\n${done.text}\n`);
  if (values.json) console.log(JSON.stringify(done.figures));
  return 0;
}

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // A second Ctrl-C means now.
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort(new Error(`interrupted by ${name}; removing what the benchmark created`));
  });
}

main(interrupted.signal).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error & { code?: string }) => {
    console.error(`ebb: ${interrupted.signal.aborted ? interrupted.signal.reason.message : error.message}`);
    const usage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS');
    process.exitCode = interrupted.signal.aborted ? 130 : usage ? 64 : 1;
  },
);
