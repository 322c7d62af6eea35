import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ingress, rule, split } from '../testing/objects.ts';
import { compile, type RoutePath } from './compile.ts';
import { drawSplit, matchPath } from './match.ts';

const segment = fc.constantFrom('a', 'b', 'ab');
const prefix = fc.array(segment, { maxLength: 3 }).map((s) => (s.length ? `/${s.join('/')}` : ''));
const header = fc.dictionary(fc.constantFrom('X-One', 'x-two', 'X-Three'), fc.constantFrom('1', '2', ''), { maxKeys: 3 });
const paths = fc.array(fc.record({ path: prefix, headers: header }), { minLength: 1, maxLength: 8 });

/** The contract's words one by one, on the spec as it is written: of all that match the longest, of these the most particular. */
function slow(specs: { path: string; headers: Record<string, string> }[], path: string, headers: Record<string, string>): number {
  const matching = specs
    .map((s, i) => ({ ...s, i }))
    .filter((s) => path.startsWith(s.path) && Object.entries(s.headers).every(([k, v]) => headers[k.toLowerCase()] === v));
  const longest = Math.max(...matching.map((s) => s.path.length));
  const long = matching.filter((s) => (s.path || '/').length === Math.max(1, longest));
  const most = Math.max(...long.map((s) => Object.keys(s.headers).length));
  return long.find((s) => Object.keys(s.headers).length === most)?.i ?? -1;
}

test('a path is chosen as the contract says, whatever the order of the spec', () => {
  fc.assert(
    fc.property(
      paths,
      prefix,
      fc.dictionary(fc.constantFrom('x-one', 'x-two', 'x-three'), fc.constantFrom('1', '2', '')),
      (specs, path, headers) => {
        const routed = compile(
          ingress('x', [
            rule(
              ['h'],
              specs.map((s, i) => ({
                path: s.path,
                headers: Object.fromEntries(Object.entries(s.headers).map(([k, exact]) => [k, { exact }])),
                splits: [split(`path-${i}`)],
              })),
            ),
          ]),
        ).hosts.get('h')!.external!;
        const found = matchPath(routed, path || '/', { headers });
        const wanted = slow(specs, path || '/', headers);
        expect(found?.splits[0]?.backend).toBe(wanted < 0 ? undefined : `ns/path-${wanted}:80`);
      },
    ),
    { numRuns: 500 },
  );
});

const pathOf = (percents: number[]): RoutePath =>
  compile(ingress('x', [rule(['h'], [{ splits: percents.map((percent, i) => split(`s${i}`, { percent })) }])])).hosts.get('h')!.local[0]!;

test('each split gets its share of evenly spread draws, and nothing at 0 %', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 10 }), (percents) => {
      const total = percents.reduce((a, b) => a + b, 0);
      const drawn = new Map<string, number>();
      const { splits } = pathOf(percents);
      for (let i = 0; i < total; i++) {
        const { backend } = drawSplit(splits, (i + 0.5) / total)!;
        drawn.set(backend, (drawn.get(backend) ?? 0) + 1);
      }
      percents.forEach((percent, i) => {
        expect(drawn.get(`ns/s${i}:80`) ?? 0).toBe(percent);
      });
    }),
    { numRuns: 50 },
  );
});

test('a single split without a percent takes everything; several without take nothing', () => {
  expect(drawSplit(pathOf([0]).splits, 0.99)?.backend).toBe('ns/s0:80');
  expect(drawSplit(pathOf([0, 0]).splits, 0)).toBeUndefined();
});
