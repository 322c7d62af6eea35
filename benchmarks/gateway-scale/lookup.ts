import { compile } from '../../packages/gateway/src/core/compile.ts';
import { decide } from '../../packages/gateway/src/core/decide.ts';
import { RouteTable } from '../../packages/gateway/src/core/table.ts';
import { ingressFor } from '../gateway/world.ts';
import { median } from '../lib/stats.ts';

export const hostsOf = (i: number): [string, string] => [`app-${i}.example.com`, `www.app-${i}.example.com`];

const entrance = { visibility: 'external', secure: false, trusting: true } as const;

/** Hosts that requests are for, spread over the table: what is measured is the table, not how much of it the processor's cache holds. */
const asked = 64;

/** What it takes to say where a request goes, with so many Ingresses of two hosts, in ns. */
function once(ingresses: number, requests: number): number {
  const table = new RouteTable();
  for (let i = 0; i < ingresses; i++) table.put(compile(ingressFor(`app-${i}`, hostsOf(i), `app-${i}`)));
  const heads = Array.from({ length: asked }, (_, i) => ({
    authority: hostsOf(Math.floor((i * ingresses) / asked))[i % 2] as string,
    url: '/some/path?query=1',
    remoteAddress: '192.0.2.1',
    headers: {},
    header: () => '',
  }));
  let to = 0;
  const began = performance.now();
  for (let i = 0; i < requests; i++) if (decide(table, entrance, heads[i % heads.length]!, 0.5).to === 'backend') to++;
  const took = performance.now() - began;
  if (to !== requests) throw new Error(`${requests - to} of ${requests} requests found no route`);
  return (took * 1e6) / requests;
}

/** The cost of a lookup by number of Ingresses, sizes in turn so that a slow moment falls on all. */
export function lookupCosts(sizes: readonly number[], rounds = 9): Record<number, number> {
  const samples = sizes.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) sizes.forEach((size, i) => void samples[i]!.push(once(size, 200_000)));
  return Object.fromEntries(sizes.map((size, i) => [size, median(samples[i]!.slice(1))]));
}
