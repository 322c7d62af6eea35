import { corpus, tokens } from './corpus.ts';

type Random = () => number;
const below = (random: Random, n: number): number => Math.floor(random() * n);
const pick = <T>(random: Random, all: readonly T[]): T => all[below(random, all.length)]!;

const mutations: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => insert(text, below(random, text.length + 1), pick(random, tokens)),
  (text, random) => insert(text, below(random, text.length + 1), String.fromCharCode(below(random, 256))),
  (text, random) => {
    const at = below(random, text.length);
    return text.slice(0, at) + text.slice(at + 1 + below(random, 4));
  },
  (text, random) => {
    const at = below(random, text.length);
    return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << below(random, 8))) + text.slice(at + 1);
  },
  // A line again, or not at all: fields that come twice are where readers differ.
  (text, random) => {
    const lines = text.split('\r\n');
    const at = below(random, lines.length);
    lines.splice(at, below(random, 2), pick(random, lines));
    return lines.join('\r\n');
  },
  (text, random) => text.slice(0, below(random, text.length + 1)) + pick(random, corpus),
];
const insert = (text: string, at: number, more: string): string => text.slice(0, at) + more + text.slice(at);

/** A connection's input: one of the corpus, changed a few times. */
export function mutated(random: Random): string {
  let text = pick(random, corpus);
  for (let n = below(random, 4); n >= 0; n--) if (text.length > 0) text = pick(random, mutations)(text, random);
  return text;
}

/** The same bytes in pieces. */
export function pieces(text: string, random: Random): Buffer[] {
  const out: Buffer[] = [];
  for (let at = 0; at < text.length; ) {
    const to = random() < 0.5 ? text.length : at + 1 + below(random, 12);
    out.push(Buffer.from(text.slice(at, to), 'latin1'));
    at = to;
  }
  return out;
}
