import { crashed } from './ask.ts';
import type { Difference } from './compare.ts';

/** A difference that stays, and why. */
interface Kept {
  reason: string;
  fits(d: Difference): boolean;
}

/** Whether the texts are the same but for lines in which the peer prints what is inside its own memory. */
function sameButFor(inside: RegExp, { expected, ours }: Difference): boolean {
  const [there, here] = [expected.split('\n'), ours.split('\n')];
  return there.length === here.length && there.every((line, i) => line === here[i] || inside.test(line)) && inside.test(expected);
}

/** The first that fits a difference explains it. */
export const kept: readonly Kept[] = [
  { reason: 'the peer crashes and closes the connection; Ebb answers', fits: (d) => d.expected === crashed },
  {
    reason: 'in the text of a change the peer prints the address of a number or boolean or the inside of a quantity; Ebb prints the value',
    fits: (d) => d.what === 'text' && sameButFor(/"0x…"|\{i:\{value:/, d),
  },
];
