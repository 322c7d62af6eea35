import { expect, it } from 'vitest';
import { sharesOf, type Told } from './waterfalls.ts';

it('has what is Ebb’s own of cold starts, the gateway in it', () => {
  const told: Told[] = [
    { client: 812, waterfall: { held: 0, scaled: 9, listening: 800, firstByte: 808 } },
    { client: 905, waterfall: { held: 0, scaled: 20, listening: 896, firstByte: 900 } },
    { client: 700, waterfall: { held: 0, firstByte: 695 } },
  ];
  const { ms, text } = sharesOf(told);
  expect(ms).toEqual({ own_share_p50: 19, own_share_p99: 25, port_to_first_byte_p50: 6, port_to_first_byte_p99: 8 });
  expect(text).toMatch(/own share.* 19 +25/);
  expect(text).toMatch(/firstByte +808 +898/);
});

it('says that there are none', () => {
  expect(sharesOf([])).toEqual({ ms: {}, text: 'no waterfalls: NATS or its events are missing' });
});
