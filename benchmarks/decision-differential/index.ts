import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Benchmark } from '../lib/benchmark.ts';
import { decisionsOf } from './decide.ts';
import { unpack } from './series.ts';
import { type Shape, shapes } from './shapes.ts';

/** The fixtures: per shape what it was when the peer decided on it, and what it decided. */
export interface Captured {
  peer: string;
  shapes: Record<string, { input: string; decisions: string }>;
}

/** A shape and the decisions on it that are not the same, with the seconds they were made at. */
interface Difference {
  shape: string;
  seconds: number;
  first: { second: number; ebb: string | undefined; peer: string | undefined };
}

/** Tells a shape from what it was when it was captured. */
export const inputHash = (shape: Shape): string => createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 16);

export const readCaptured = (): Captured => JSON.parse(readFileSync(new URL('decisions.json', import.meta.url), 'utf8'));

/** Where Ebb decides other than was captured; undefined: nowhere. */
export function compare(shape: Shape, captured: Captured): Difference | undefined {
  const known = captured.shapes[shape.name];
  if (known?.input !== inputHash(shape)) throw new Error(`shape ${JSON.stringify(shape.name)} is not as it was captured; capture it anew`);
  const peer = unpack(known.decisions);
  const ebb = decisionsOf(shape);
  const differing = Array.from({ length: Math.max(ebb.length, peer.length) }, (_, s) => s).filter((s) => ebb[s] !== peer[s]);
  const [second] = differing;
  if (second === undefined) return undefined;
  return { shape: shape.name, seconds: differing.length, first: { second, ebb: ebb[second], peer: peer[second] } };
}

/** Where the two are meant to differ. */
export const meant: Record<string, string> = {
  'held before the first decision':
    'a request for a revision without pods is decided on at once also when nothing was decided before; the peer waits for its first tick',
};

const run = async () => {
  const captured = readCaptured();
  const differences = shapes.flatMap((shape) => {
    const difference = compare(shape, captured);
    return difference ? [{ ...difference, why: meant[shape.name] ?? 'not explained' }] : [];
  });
  const total = shapes.length;
  const agree = total - differences.length;
  const decisions = shapes.reduce((n, s) => n + s.load.length, 0);
  const lines = differences.map(
    ({ shape, seconds, first: { second, ebb, peer }, why }) =>
      `${shape}: ${seconds} s differ; at ${second} s ebb ${ebb}, peer ${peer} (${why})`,
  );
  return {
    text: [`${agree} of ${total} load shapes agree, second by second (${decisions} s), with ${captured.peer}`, ...lines].join('\n'),
    figures: { name: 'decision-differential', ratio: { agree: agree / total }, agree, total, seconds: decisions, differences },
  };
};

export const benchmark: Benchmark = {
  summary: 'the decisions of the autoscaler beside captured ones of the Go original',
  help: '  no options; needs no cluster. Each decision is desired/excess burst capacity, with ! in panic',
  options: {},
  runAlone: run,
};
