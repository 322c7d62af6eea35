import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
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

const layerOf = (shelf: string | undefined): number => layers.findIndex((l) => l.includes(shelf ?? ''));

/** Every breach of the layer rules, as `file:line: sentence`. */
export function layerBreaches(): string[] {
  const breaches: string[] = [];
  for (const file of sources(join(root, 'packages'))) {
    const path = `/${relative(join(root, 'packages'), file)}`;
    const [, owner, , shelf] = path.split('/');
    const test = /\.test\.ts$/.test(path);
    const isPure = !test && pure.some((p) => p.test(path));
    readFileSync(file, 'utf8')
      .split('\n')
      .forEach((line, index) => {
        const breach = (sentence: string) => breaches.push(`packages${path}:${index + 1}: ${sentence}`);
        const typeOnly = /^\s*(import|export) type\b/.test(line);
        const from = /(?:from|import\()\s*'([^']+)'/.exec(line)?.[1];
        if (from) {
          const target = /^@ebb\/([^/]+)\/?([^/]*)/.exec(from);
          if (target && target[1] !== 'shared') breach(`imports ${from}: services import shared only and meet on the wire`);
          if (from.startsWith('.')) {
            const resolved = relative(join(root, 'packages'), join(file, '..', from)).split('/');
            if (resolved[0] !== owner) breach(`imports ${from}: a relative import stays inside its package`);
            if (owner === 'shared' && !test && resolved[0] === 'shared' && !typeOnly) {
              if (layerOf(resolved[2]) > layerOf(shelf)) {
                breach(
                  `${shelf} (layer ${layerOf(shelf)}) imports ${resolved[2]} (layer ${layerOf(resolved[2])}): layers import downwards only`,
                );
              }
            }
          }
          if (!from.startsWith('.') && !from.startsWith('node:') && !from.startsWith('@ebb/') && shelf === 'lib' && !test && !typeOnly) {
            breach(`lib holds values without dependencies, but imports ${from}`);
          }
        }
        if (isPure && !typeOnly && !/^\s*(\/\/|\*|\/\*)/.test(line)) {
          for (const rule of impure) if (rule.pattern.test(line)) breach(`a pure file ${rule.why}`);
        }
      });
  }
  return breaches;
}
