import { expect, it } from 'vitest';
import { seeded } from '../seeded.ts';
import { compare } from './compare.ts';
import { corpus } from './corpus.ts';
import { mutated, pieces } from './mutate.ts';

it('agrees with llhttp about the corpus, whole and byte by byte', async () => {
  for (const text of corpus) {
    const bytes = Buffer.from(text, 'latin1');
    expect([text, await compare(text, [bytes])]).toEqual([text, undefined]);
    expect([
      text,
      await compare(
        text,
        Array.from(bytes, (byte) => Buffer.from([byte])),
      ),
    ]).toEqual([text, undefined]);
  }
});

it('agrees with llhttp about mutated and split input', async () => {
  for (let seed = 1; seed <= 20_000; seed++) {
    const random = seeded(seed);
    const text = mutated(random);
    const difference = await compare(text, pieces(text, random));
    if (difference) expect.fail(`seed ${seed}: ${JSON.stringify(text)}\n${difference}`);
  }
});
