import type { RoutePath, Split } from './compile.ts';

/** Headers by lower-case name. Made when they are asked for, so only rules that match some ask. */
interface Request {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** The first path, in order of precedence, whose prefix and headers match (contract data-plane 4.1). `path` has no query. */
export function matchPath(paths: readonly RoutePath[], path: string, request: Request): RoutePath | undefined {
  for (const candidate of paths) {
    if (path.startsWith(candidate.prefix) && candidate.match.every(([name, value]) => request.headers[name] === value)) return candidate;
  }
  return undefined;
}

/** A split by weight; `draw` is uniform in [0, 1). undefined where nothing has a weight. */
export function drawSplit(splits: readonly Split[], draw: number): Split | undefined {
  const at = draw * (splits.at(-1)?.upTo ?? 0);
  return splits.find((s) => at < s.upTo);
}
