import type { ParseArgsOptionsConfig } from 'node:util';
import type { Bench } from './kube.ts';

/** The values of a benchmark's own options, as parseArgs gives them. */
export type Options = Record<string, string | boolean | undefined>;

/** What a run came to: text for people, one JSON object for machines. */
export interface Outcome {
  text: string;
  figures: {
    name: string;
    /** The figures against the anchor; 1 is as good as the anchor. */
    ratio: Record<string, number>;
    [more: string]: unknown;
  };
}

/** What `benchmarks/<name>/index.ts` exports as `benchmark`. */
export interface Benchmark {
  /** One line for the list of benchmarks. */
  summary: string;
  /** A line per option of its own. */
  help: string;
  options: ParseArgsOptionsConfig;
  /** With the local cluster and a namespace on it. */
  run?(bench: Bench, options: Options): Promise<Outcome>;
  /** In place of `run` where no cluster is needed; the signal is aborted on Ctrl-C. */
  runAlone?(signal: AbortSignal, options: Options): Promise<Outcome>;
}

/** A whole number from 1 on out of an option's text. */
export function count(options: Options, name: string, fallback: number): number {
  const text = options[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`--${name} ${JSON.stringify(text)}: a whole number from 1 on`);
  return value;
}

/** The command line cannot be understood: exit code 64. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
