import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { root } from '../lib/shell.ts';

/** The layers of packages/shared/src, lowest first. A file imports from its own layer or below. */
const layers: readonly (readonly string[])[] = [
  ['lib'],
  ['api', 'proto'],
  ['config', 'telemetry'],
  ['kube', 'events', 'proxy'],
  ['testing'],
];

/** What decides without doing: the same input gives the same answer, so it is tested without a cluster. */
const pure = [
  /\/shared\/src\/lib\/(?!clock\.ts)/,
  /\/shared\/src\/api\//,
  /\/src\/core\//,
  /\/reconcilers\/[^/]+\/(plan|status)\.ts$/,
  /\/reconcilers\/[^/]+\/resources\//,
];

const impure: readonly { pattern: RegExp; why: string }[] = [
  { pattern: /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/, why: 'reads the clock; take `now` or a Clock as an argument' },
  { pattern: /\bset(Timeout|Interval|Immediate)\(/, why: 'starts a timer; return when to look again instead' },
  { pattern: /\bprocess\./, why: 'reads the process; take what it needs as an argument' },
  { pattern: /\bMath\.random\(/, why: 'is not repeatable; take the random source as an argument' },
  {
    pattern: /from 'node:(fs|net|http|http2|https|tls|dns|child_process|worker_threads|timers)[^']*'/,
    why: 'does I/O; gather first, decide after',
  },
];

function* sources(dir: string): Generator<string> {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'gen' || entry.name === 'dist') continue;
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (path.endsWith('.ts')) yield path;
  }
}

const packages = join(root, 'packages');
const layerOf = (shelf: string | undefined): number => layers.findIndex((l) => l.includes(shelf ?? ''));

/** What is wrong with an import of `from` in `file`, which is no test and imports more than types. */
function* wrongLayer(file: string, from: string): Generator<string> {
  const [owner, , shelf] = relative(packages, file).split(sep);
  if (from.startsWith('.')) {
    const [target, , below] = relative(packages, join(file, '..', from)).split(sep);
    if (owner === 'shared' && target === 'shared' && layerOf(below) > layerOf(shelf))
      yield `${shelf} (layer ${layerOf(shelf)}) imports ${below} (layer ${layerOf(below)}): layers import downwards only`;
  } else if (shelf === 'lib' && !/^(node:|@ebb\/)/.test(from)) yield `lib holds values without dependencies, but imports ${from}`;
}

/** What is wrong with any import of `from` in `file`, whatever it is for. */
function* wrongPackage(file: string, from: string): Generator<string> {
  const [owner] = relative(packages, file).split(sep);
  const service = /^@ebb\/([^/]+)/.exec(from)?.[1];
  if (service && service !== 'shared') yield `imports ${from}: services import shared only and meet on the wire`;
  if (from.startsWith('.') && relative(packages, join(file, '..', from)).split(sep)[0] !== owner)
    yield `imports ${from}: a relative import stays inside its package`;
}

function* wrongInLine(file: string, line: string): Generator<string> {
  const test = file.endsWith('.test.ts');
  const typeOnly = /^\s*(import|export) type\b/.test(line);
  const from = /(?:from|import\()\s*'([^']+)'/.exec(line)?.[1];
  if (from) yield* wrongPackage(file, from);
  if (test || typeOnly) return;
  if (from) yield* wrongLayer(file, from);
  const comment = /^\s*(\/\/|\*|\/\*)/.test(line);
  if (comment || !pure.some((p) => p.test(file))) return;
  for (const rule of impure) if (rule.pattern.test(line)) yield `a pure file ${rule.why}`;
}

/** Every breach of the layer rules, as `file:line: sentence`. */
export function layerBreaches(): string[] {
  const breaches: string[] = [];
  for (const file of sources(packages)) {
    const lines = readFileSync(file, 'utf8').split('\n');
    for (const [index, line] of lines.entries())
      for (const sentence of wrongInLine(file, line)) breaches.push(`${relative(root, file)}:${index + 1}: ${sentence}`);
  }
  return breaches;
}
