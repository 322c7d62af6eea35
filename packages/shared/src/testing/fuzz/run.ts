import { parseArgs } from 'node:util';
import { seeded } from '../seeded.ts';
import { compare } from './compare.ts';
import { mutatedHttp2, sendHttp2 } from './http2.ts';
import { mutated, pieces } from './mutate.ts';
import { startTarget } from './server.ts';

/**
 * The long run: `node packages/shared/src/testing/fuzz/run.ts --minutes 60 --seed 1`. HTTP/1 against llhttp and HTTP/2
 * against a living proxy in turn; ends with 1 and the seed at the first difference, or when memory keeps growing.
 */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string', default: '1000000' } } });
const end = performance.now() + Number(values.minutes) * 60_000;
const target = await startTarget();
let seed = Number(values.seed);
let streams = 0;
let first = 0;
const began = seed;
const heap = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

for (let turn = 1; performance.now() < end; turn++) {
  for (let i = 0; i < 20_000; i++, seed++) {
    const random = seeded(seed);
    const text = mutated(random);
    const difference = await compare(text, pieces(text, random));
    if (!difference) continue;
    console.error(`seed ${seed}: ${JSON.stringify(text)}\n${difference}`);
    process.exit(1);
  }
  for (let i = 0; i < 25; i++, streams += 20) {
    const randoms = Array.from({ length: 20 }, (_, k) => seeded(seed * 7 + i * 20 + k));
    await Promise.all(randoms.map((random) => sendHttp2(target.port, mutatedHttp2(random), random)));
  }
  if (turn === 3) first = heap();
}
const last = heap();
console.log(
  `${seed - began} connections of HTTP/1 compared, ${streams} of HTTP/2 sent; heap ${first.toFixed(0)} → ${last.toFixed(0)} MB; ${target.active()} under way`,
);
await target.close();
process.exit(first > 0 && last > 2 * first + 20 ? 1 : 0);
